/** Words of the system's own surfaces (tray, menus, dialogs, window titles), which no renderer draws. */
export const shellText = {
  'zh-CN': {
    productName: '中标一证通',
    consentTitle: '授权确认 - 中标一证通',
    open: '打开主界面',
    bridgeOn: '启用签名服务',
    quit: '退出',
    storeMovedTitle: '本地数据已重新建立',
    storeMovedDetail: '原数据文件已损坏，已保留在：',
    startFailedTitle: '无法启动',
  },
  en: {
    productName: 'One Certificate',
    consentTitle: 'Consent - One Certificate',
    open: 'Open',
    bridgeOn: 'Signing bridge on',
    quit: 'Quit',
    storeMovedTitle: 'The local store was made anew',
    storeMovedDetail: 'The old file is damaged; it was kept as:',
    startFailedTitle: 'The program cannot start',
  },
} as const
export type ShellText = { readonly [Name in keyof (typeof shellText)['en']]: string }
