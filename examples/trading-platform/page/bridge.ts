/** Everything this page asks of the desktop client. The SDK finds it, talks to it and says what is wrong. */
import { PlatformRefusal, settings } from './api.ts'
import type { Advice } from './notice.ts'
import { BridgeError, connect, type Bridge, type Operation, type Placement } from './sdk.js'

const { systemCode, bridgePorts } = await settings()

/** Asked for once; the person sees each scope and may leave some out. */
const scopes = ['login', 'seal'] as const

/** The seal on the bidder's line of the last page, and cut into slices along the edge of all pages (骑缝章). */
const placements: Placement[] = [
  { kind: 'rectangle', page: -1, x: 128, y: 140 },
  { kind: 'straddle', y: 130 },
]

type Stage = () => void

/** Tells the page when the person has to look at the client's window. */
const whenWaiting =
  (asking: Stage) =>
  ({ state }: Operation): void => {
    if (state === 'waiting') asking()
  }

const open = async (asking: Stage, signal: AbortSignal): Promise<Bridge> => {
  const bridge = await connect({ systemCode, signal, ports: bridgePorts ?? undefined })
  await bridge.requestGrant([...scopes], { signal, onChange: whenWaiting(asking) })
  return bridge
}

/**
 * A login token over the server's challenge. The challenge is drawn after the grant, because its two minutes should not
 * run while the person reads what is asked.
 */
export const signLogin = async (
  drawChallenge: () => Promise<string>,
  asking: Stage,
  signal: AbortSignal,
): Promise<string> => {
  const bridge = await open(asking, signal)
  try {
    const challenge = await drawChallenge()
    const { loginToken } = await bridge.login(challenge, { signal, onChange: whenWaiting(asking) })
    return loginToken
  } finally {
    bridge.close()
  }
}

export interface Signing {
  readonly pdf: Blob
  readonly name: string
  /** The certificate of the login: the platform accepts no other. */
  readonly certificateId: string
  readonly asking: Stage
  readonly signed: Stage
  readonly signal: AbortSignal
}

/** The PDF with a signature and seals. The bytes of the original are still its beginning. */
export const signTender = async ({ pdf, name, certificateId, asking, signed, signal }: Signing): Promise<Blob> => {
  const bridge = await open(asking, signal)
  try {
    const { id } = await bridge.upload(pdf, { name, signal })
    const { documents } = await bridge.signDocument(
      id,
      { certificateId, placements, reason: '投标文件签章' },
      { signal, onChange: whenWaiting(asking) },
    )
    const [document] = documents
    if (!document) throw new Error('The client answered without a document')
    signed()
    const result = await bridge.download(document.id, { signal })
    // A courtesy: the client deletes it by itself when its time is over, and the signed file is here already.
    await bridge.deleteDocument(document.id).catch(() => undefined)
    return result
  } finally {
    bridge.close()
  }
}

/** What to do next, where this page can say it better than the SDK's own remedy. Codes: docs/errors.md. */
const nextSteps: Readonly<Record<string, readonly string[]>> = {
  'sdk.permission_not_asked': [
    '请重新点击按钮，并在浏览器的提示中选择“允许”。',
    '没有出现提示时，请确认“中标一证通”客户端已经打开。',
  ],
  'operation.cancelled_by_user': ['您在客户端选择了“放弃授权”，没有签署任何内容。需要继续时，请重新点击按钮。'],
  'operation.cancelled_by_caller': ['没有签署任何内容。需要继续时，请重新点击按钮。'],
  'operation.timed_out': ['请重新点击按钮，并在客户端窗口显示的剩余时间内确认。'],
  'operation.pending': ['请先在客户端窗口中处理或放弃上一项请求，然后重新点击按钮。'],
  'pin.locked': ['请在客户端“证书”页面用管理员口令（PUK）解锁。', '没有管理员口令时，请联系签发证书的 CA机构。'],
  'token.removed': ['请重新插入证书介质。', '等客户端首页显示该证书后，重新点击按钮。'],
  'token.absent': ['请插入证书介质。', '等客户端首页显示该证书后，重新点击按钮。'],
  'certificate.not_found': ['请插入登录时使用的证书介质。', '若使用了别的证书，请退出后用它重新登录。'],
  'seal.not_found': ['请在客户端“印章”页面添加印章图片。', '然后重新点击按钮。'],
  'grant.scope_missing': [
    '请在客户端“授权网站”中撤销本平台的授权。',
    '然后重新点击按钮，并在授权窗口中保留“登录”和“盖章”。',
  ],
}
const again = ['请稍后重新点击按钮；仍不成功时，请在客户端“诊断”页面导出诊断报告。']

const calm = new Set(['operation.cancelled_by_user', 'operation.cancelled_by_caller', 'page.aborted'])

export const explain = (error: unknown): Advice => {
  if (error instanceof BridgeError) {
    const { code, zh, diagnosis } = error
    const steps = nextSteps[code] ?? (diagnosis ? [diagnosis.remedy.zh] : again)
    return { title: diagnosis?.sentence.zh ?? zh, steps, code, isCalm: calm.has(code) }
  }
  if (error instanceof PlatformRefusal) {
    return { title: '平台没有接受', steps: [error.message], code: error.code }
  }
  if (error instanceof DOMException && error.name === 'AbortError') {
    return {
      title: '已取消',
      steps: ['操作已停止，没有登录，也没有递交投标文件。'],
      code: 'page.aborted',
      isCalm: true,
    }
  }
  console.error(error)
  return { title: '页面出现意外错误', steps: ['请刷新页面后重试。'], code: 'page.unexpected' }
}
