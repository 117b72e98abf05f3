import type { DiagnosisCode, Wording } from './types.ts'

/** Sentence and remedy of each diagnosis: zh, en, zh, en. */
const texts: Record<DiagnosisCode, readonly [string, string, string, string]> = {
  ready: ['中标一证通已就绪。', 'The client is ready.', '无需处理。', 'Nothing to do.'],
  paused: [
    '中标一证通的签名服务已暂停。',
    'The signing bridge is paused.',
    '请打开中标一证通，在首页开启签名服务。',
    'Open the client and switch the bridge on.',
  ],
  not_installed: [
    '本机可能尚未安装中标一证通。',
    'The client does not seem to be installed.',
    '请先下载安装；如已安装，请启动后重试。',
    'Install it; if it is installed, start it and try again.',
  ],
  not_running: [
    '中标一证通未运行。',
    'The client is not running.',
    '请启动中标一证通后重试。',
    'Start the client and try again.',
  ],
  permission_not_asked: [
    '浏览器需要您允许本网页访问本机程序。',
    'The browser will ask whether this page may reach programs on this computer.',
    '请点击“连接”，并在浏览器提示中选择“允许”。',
    'Click connect and choose Allow.',
  ],
  permission_denied: [
    '浏览器已禁止本网页访问本机程序。',
    'The browser forbids this page to reach programs on this computer.',
    '请点击地址栏左侧图标，将“本地网络访问”改为允许，然后刷新。',
    'Click the icon left of the address, allow local network access, and reload.',
  ],
  page_not_secure: [
    '本网页未使用 https，浏览器不允许其访问本机程序。',
    'This page is not served over https, so the browser will not let it reach this computer.',
    '请改用 https 地址访问交易平台。',
    'Open the platform by its https address.',
  ],
  iframe_not_allowed: [
    '本网页嵌在其他网页中，外层网页未授予访问本机的权限。',
    'This page is in a frame that may not reach this computer.',
    '请交易平台在 iframe 上加 allow="loopback-network; local-network-access"，或在新窗口中打开。',
    'The outer page must set allow="loopback-network; local-network-access" on the iframe, or open it in a window.',
  ],
  version_too_old: [
    '中标一证通版本过低。',
    'The client is too old for this page.',
    '请升级中标一证通后重试。',
    'Update the client and try again.',
  ],
  grant_refused: [
    '您未同意向本网页授权。',
    'The grant for this page was refused.',
    '如需继续，请重新发起并在中标一证通窗口中同意。',
    'Ask again and agree in the window of the client.',
  ],
  user_cancelled: [
    '您已放弃本次操作。',
    'The operation was cancelled.',
    '如需继续，请重新发起。',
    'Start again to go on.',
  ],
  connection_lost: [
    '与中标一证通的连接中断。',
    'The connection to the client was lost.',
    '请确认中标一证通仍在运行，然后重试。',
    'See that the client is still running and try again.',
  ],
  not_from_bridge: [
    '本次错误来自网页本身，与中标一证通无关。',
    'This error is not from the bridge: the page itself threw it.',
    '请联系交易平台的技术支持。',
    'Look at the error itself.',
  ],
}

/** For errors of the API; each one's own sentence says the particulars. */
const errorRemedies = {
  grant: ['请重新申请授权，并在中标一证通窗口中同意。', 'Call requestGrant with every scope that the page needs.'],
  retry: ['请稍后重试。', 'Try again later.'],
  request: [
    '请将错误信息提供给交易平台的技术支持。',
    'A mistake of the page: error.details names the field, docs/errors.md the code.',
  ],
  other: [
    '请按提示处理后重新发起；如仍无法完成，请联系交易平台的技术支持。',
    'Do what the sentence says and start again; docs/errors.md has the code.',
  ],
} as const

export const sentenceOf = (code: DiagnosisCode): Wording => ({ zh: texts[code][0], en: texts[code][1] })
export const remedyOfError = (code: string, isRetryable: boolean): Wording => {
  const isPages = code.startsWith('request.')
  const kind = code.startsWith('grant.') ? 'grant' : isRetryable ? 'retry' : isPages ? 'request' : 'other'
  return { zh: errorRemedies[kind][0], en: errorRemedies[kind][1] }
}
export const remedyOf = (code: DiagnosisCode): Wording => ({ zh: texts[code][2], en: texts[code][3] })
