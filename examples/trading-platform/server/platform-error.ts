/** What the platform refuses, with the sentence that the bidder reads. */
const refusals = {
  'session.missing': [401, '请先使用数字证书登录。'],
  'session.origin': [403, '请求不是从本平台的页面发出的，已拒绝。'],
  'challenge.missing': [409, '登录挑战不存在、已使用或已过期，请重新登录。'],
  'login.refused': [403, '登录凭证验证未通过。'],
  'tender.not_found': [404, '没有这个项目。'],
  'tender.closed': [409, '该项目已截止，不再接收投标文件。'],
  'bid.too_large': [413, '投标文件超过 20 MB，请压缩图片后重新签章。'],
  'bid.not_pdf': [422, '上传的文件不是 PDF 文件。'],
  'bid.other_document': [422, '上传的文件不是本项目的投标文件：请签署从本页面下载的文件。'],
  'bid.unsigned': [422, '投标文件没有电子签名，请先签章再上传。'],
  'bid.tampered': [422, '投标文件在签名之后被改动，签名已失效，请重新签章。'],
  'bid.partly_covered': [422, '签名没有覆盖整个文件，请重新签章。'],
  'bid.untrusted': [422, '签名证书不是本平台认可的电子认证机构签发的。'],
  'bid.certificate_expired': [422, '签名证书不在有效期内，请先办理延期。'],
  'bid.other_signer': [422, '签名人与登录人不是同一证书：请用登录时的证书签章。'],
  'request.invalid': [400, '请求内容不符合要求。'],
  'request.too_large': [413, '请求内容过大。'],
  'request.not_found': [404, '没有这个页面。'],
  'platform.failed': [500, '平台处理失败，请稍后再试。'],
} as const satisfies Record<string, readonly [number, string]>

export type RefusalCode = keyof typeof refusals

export class PlatformError extends Error {
  readonly code: RefusalCode
  readonly status: number
  /** For the server's log and for people who integrate: what exactly was found. */
  readonly findings: readonly string[]

  constructor(code: RefusalCode, findings: readonly string[] = [], options?: { cause?: unknown }) {
    super(refusals[code][1], options)
    this.code = code
    this.status = refusals[code][0]
    this.findings = findings
  }
}

/** The complaints of Express' body parsers carry a `type`; null for anything else. */
export const bodyProblem = (error: unknown): string | null =>
  typeof error === 'object' && error !== null && 'type' in error && typeof error.type === 'string' ? error.type : null
