export const settings = {
  title: '设置',
  bridge: {
    title: '签名服务',
    enabled: '允许交易平台网页请求签名',
    enabledHint: '关闭后，所有网页都不能请求登录和签名。',
    grantDays: '授权保留天数',
    grantDaysHint: '网站获得授权后，经过这些天需要重新授权。1 至 365 天。',
    days: '天',
  },
  look: {
    title: '显示',
    theme: '主题',
    themes: { system: '跟随系统', light: '浅色', dark: '深色' },
    language: '语言',
    languages: { 'zh-CN': '简体中文', en: 'English' },
  },
  start: {
    title: '启动',
    atLogin: '登录电脑时自动启动',
    atLoginHint: '启动后在后台等待交易平台网页的请求。',
  },
  about: {
    title: '关于',
    version: '版本',
    runtime: '运行环境',
    platform: '系统',
    data: '数据位置',
    privacy: '本程序不收集使用情况。口令只交给证书介质，不保存、不上传。',
  },
} as const
