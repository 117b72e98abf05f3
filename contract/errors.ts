/**
 * The closed list of error codes, shared by the bridge, the IPC between windows and main, and the remote service.
 * Each has its HTTP status, whether trying again can help, and a text in both languages that says what to do next.
 */

export interface ErrorDefinition {
  /** HTTP status (RFC 9110) used by the bridge and the service. */
  readonly status: number
  /** True when the same request may succeed later without a change by the caller. */
  readonly retryable: boolean
  readonly zh: string
  readonly en: string
}

/** `type` of a problem document (RFC 9457 §3.1.1) is this with the code behind it. */
export const problemTypePrefix = 'urn:zhongbiao-yizhengtong:error:'

export const errorCodes = {
  // requests
  'request.invalid': {
    status: 400,
    retryable: false,
    zh: '请求内容不符合要求，请联系交易平台。',
    en: 'The request does not match the schema.',
  },
  'request.host_refused': {
    status: 421,
    retryable: false,
    zh: '请求地址不被接受，请使用 127.0.0.1 访问。',
    en: 'This Host is not served here: use the address 127.0.0.1 or [::1] with the port.',
  },
  'request.origin_refused': {
    status: 403,
    retryable: false,
    zh: '该网页来源不被接受。',
    en: 'This origin is refused.',
  },
  'request.caller_refused': {
    status: 403,
    retryable: false,
    zh: '请求来自本机的其他用户，已拒绝。',
    en: 'The calling process belongs to another user of this computer.',
  },
  'request.header_missing': {
    status: 400,
    retryable: false,
    zh: '请求缺少必需的请求头 X-Bridge。',
    en: 'The header X-Bridge: 1 is required.',
  },
  'request.type_refused': {
    status: 415,
    retryable: false,
    zh: '请求的内容类型不被接受。',
    en: 'This content type is not accepted here.',
  },
  'request.too_large': {
    status: 413,
    retryable: false,
    zh: '内容超过大小上限。',
    en: 'The body is larger than the limit.',
  },
  'request.too_many': {
    status: 429,
    retryable: true,
    zh: '请求过于频繁，请稍后再试。',
    en: 'Too many requests: slow down.',
  },
  'request.too_slow': {
    status: 408,
    retryable: true,
    zh: '请求传输过慢，已断开。',
    en: 'The request took too long to arrive.',
  },
  'request.not_found': {
    status: 404,
    retryable: false,
    zh: '没有这个接口或资源。',
    en: 'There is nothing at this address.',
  },
  'request.method_refused': {
    status: 405,
    retryable: false,
    zh: '该接口不支持此方法。',
    en: 'This method is not allowed here.',
  },
  // bridge
  'bridge.paused': {
    status: 503,
    retryable: true,
    zh: '签名服务已暂停，请在客户端首页打开。',
    en: 'The signing bridge is paused in the desktop client.',
  },
  'bridge.ports_taken': {
    status: 503,
    retryable: true,
    zh: '签名服务的端口均被占用，请关闭占用端口的程序后重试。',
    en: 'All ports of the bridge are taken.',
  },
  // grants
  'grant.missing': {
    status: 401,
    retryable: false,
    zh: '该网页尚未获得授权，请先申请授权。',
    en: 'This origin has no grant: ask for one first.',
  },
  'grant.expired': { status: 401, retryable: false, zh: '授权已过期，请重新申请。', en: 'The grant has expired.' },
  'grant.scope_missing': {
    status: 403,
    retryable: false,
    zh: '授权不包含此项操作。',
    en: 'The grant does not cover this operation.',
  },
  // operations
  'operation.cancelled_by_user': { status: 409, retryable: false, zh: '您已放弃授权。', en: 'The user cancelled.' },
  'operation.cancelled_by_caller': {
    status: 409,
    retryable: false,
    zh: '网页已取消或关闭，本次操作已停止。',
    en: 'The page cancelled or went away.',
  },
  'operation.timed_out': {
    status: 408,
    retryable: true,
    zh: '等待确认超时，请重新发起。',
    en: 'Nobody confirmed in time.',
  },
  'operation.refused': { status: 403, retryable: false, zh: '操作被拒绝。', en: 'The operation was refused.' },
  'operation.pending': {
    status: 409,
    retryable: true,
    zh: '该网页已有一项操作等待确认，请先在客户端处理。',
    en: 'This origin already has an operation waiting for consent.',
  },
  'operation.not_found': {
    status: 404,
    retryable: false,
    zh: '没有这项操作，可能已经结束。',
    en: 'No such operation.',
  },
  'operation.failed': {
    status: 500,
    retryable: true,
    zh: '操作未完成，请重试；若仍失败，请导出诊断报告。',
    en: 'The operation failed.',
  },
  // certificates
  'certificate.not_found': {
    status: 404,
    retryable: false,
    zh: '未找到符合条件的证书，请插入对应的证书介质。',
    en: 'No certificate fits: plug in the key that holds it.',
  },
  'certificate.expired': {
    status: 409,
    retryable: false,
    zh: '证书已过期，请先办理延期。',
    en: 'The certificate has expired.',
  },
  'certificate.not_yet_valid': {
    status: 409,
    retryable: false,
    zh: '证书尚未生效，请检查电脑时间。',
    en: 'The certificate is not valid yet: check the clock.',
  },
  'certificate.usage_refused': {
    status: 409,
    retryable: false,
    zh: '该证书不能用于此项操作。',
    en: 'The key usage does not allow this operation.',
  },
  'certificate.malformed': {
    status: 422,
    retryable: false,
    zh: '证书内容无法识别。',
    en: 'The certificate cannot be read.',
  },
  'certificate.request_malformed': {
    status: 422,
    retryable: false,
    zh: '证书申请内容无法识别。',
    en: 'The certificate request cannot be read.',
  },
  'certificate.untrusted': {
    status: 422,
    retryable: false,
    zh: '证书链不受信任。',
    en: 'The certificate chain is not trusted.',
  },
  // keys and tokens
  'token.absent': {
    status: 409,
    retryable: true,
    zh: '证书介质已拔出，请重新插入后再试。',
    en: 'The USB key is not plugged in.',
  },
  'token.removed': {
    status: 409,
    retryable: true,
    zh: '操作中证书介质被拔出，未完成签名。请重新插入后再发起。',
    en: 'The USB key was removed in the middle.',
  },
  'token.not_responding': {
    status: 504,
    retryable: true,
    zh: '证书介质没有响应，驱动已重新启动，请重试。',
    en: 'The driver did not answer in time and was restarted.',
  },
  'token.driver_crashed': {
    status: 502,
    retryable: true,
    zh: '证书介质的驱动程序异常退出，已重新启动，请重试。',
    en: 'The driver crashed and was restarted.',
  },
  'token.driver_missing': {
    status: 409,
    retryable: false,
    zh: '未安装此证书介质的驱动程序。',
    en: 'The driver for this USB key is not installed.',
  },
  'token.driver_architecture': {
    status: 409,
    retryable: false,
    zh: '驱动程序与本机系统架构不符，请安装对应版本。',
    en: 'The driver is built for another architecture.',
  },
  'token.driver_invalid': {
    status: 422,
    retryable: false,
    zh: '该文件不是可用的 PKCS#11 驱动程序。',
    en: 'This file is not a usable PKCS#11 module.',
  },
  'token.busy': {
    status: 409,
    retryable: true,
    zh: '证书介质正在进行另一项操作，请稍后再试。',
    en: 'Another operation is using the USB key.',
  },
  'token.error': {
    status: 502,
    retryable: true,
    zh: '证书介质返回错误，请重新插拔后再试。',
    en: 'The token returned an error.',
  },
  'token.read_only': {
    status: 409,
    retryable: false,
    zh: '证书介质为只读，不能修改。',
    en: 'The token is write-protected.',
  },
  'pin.incorrect': { status: 409, retryable: true, zh: '口令不正确。', en: 'The PIN is wrong.' },
  'pin.locked': {
    status: 409,
    retryable: false,
    zh: '口令已锁定，请使用管理员口令（PUK）解锁或联系 CA机构。',
    en: 'The PIN is locked.',
  },
  'pin.length': { status: 400, retryable: true, zh: '口令长度不符合要求。', en: 'The PIN has the wrong length.' },
  'pin.expired': {
    status: 409,
    retryable: false,
    zh: '口令已过期，请先修改口令。',
    en: 'The PIN has expired and must be changed.',
  },
  'key.not_found': {
    status: 404,
    retryable: false,
    zh: '证书介质中没有与证书对应的私钥。',
    en: 'The token holds no private key for this certificate.',
  },
  'key.mechanism_unsupported': {
    status: 422,
    retryable: false,
    zh: '证书介质不支持此算法。',
    en: 'The token does not support this mechanism.',
  },
  'key.digest_length': {
    status: 400,
    retryable: false,
    zh: '摘要长度与算法不符。',
    en: 'The digest length does not match the algorithm.',
  },
  'key.decryption_failed': { status: 422, retryable: false, zh: '解密失败。', en: 'Decryption failed.' },
  // envelopes
  'envelope.malformed': {
    status: 422,
    retryable: false,
    zh: '加密文件内容无法识别或不完整。',
    en: 'The encrypted message cannot be read or is not complete.',
  },
  'envelope.unsupported': {
    status: 422,
    retryable: false,
    zh: '暂不支持此文件的加密方式。',
    en: 'This kind of encryption is not supported.',
  },
  'envelope.not_for_key': {
    status: 409,
    retryable: false,
    zh: '该文件不是用此证书加密的，请使用加密时的证书。',
    en: 'This was not encrypted for this certificate.',
  },
  'envelope.source_changed': {
    status: 409,
    retryable: true,
    zh: '文件在处理过程中被修改，请重新操作。',
    en: 'The file changed while it was read.',
  },
  'envelope.trial_failed': {
    status: 500,
    retryable: true,
    zh: '加密后试解密未通过，未生成加密文件，请重试。',
    en: 'The trial decryption failed: nothing was handed out.',
  },
  'key.malformed': {
    status: 422,
    retryable: false,
    zh: '密钥文件内容无法识别。',
    en: 'The key file cannot be read.',
  },
  'key.unsupported': {
    status: 422,
    retryable: false,
    zh: '不支持此密钥文件的格式或加密方式。',
    en: 'The format or the protection of this key file is not supported.',
  },
  'key.password_wrong': {
    status: 422,
    retryable: true,
    zh: '密钥文件的密码不正确。',
    en: 'The password of the key file is wrong.',
  },
  'key.mismatch': {
    status: 422,
    retryable: false,
    zh: '私钥与证书或公钥不匹配。',
    en: 'The private key does not belong to the certificate or public key.',
  },
  // documents
  'document.not_found': {
    status: 404,
    retryable: false,
    zh: '文件不存在或已清除，请重新上传。',
    en: 'No such document.',
  },
  'document.not_pdf': { status: 422, retryable: false, zh: '该文件不是 PDF 文件。', en: 'This is not a PDF file.' },
  'document.damaged': {
    status: 422,
    retryable: false,
    zh: 'PDF 文件已损坏或不完整，请重新导出后上传。',
    en: 'The PDF is damaged or incomplete.',
  },
  'document.encrypted': {
    status: 422,
    retryable: false,
    zh: 'PDF 文件已加密，请先取消密码保护。',
    en: 'The PDF is encrypted: remove the protection first.',
  },
  'document.locked': {
    status: 409,
    retryable: false,
    zh: 'PDF 中已有签名禁止再次签名或修改。',
    en: 'An existing signature forbids further changes.',
  },
  'document.no_pages': { status: 422, retryable: false, zh: 'PDF 文件没有页面。', en: 'The PDF has no pages.' },
  'document.placement_outside': {
    status: 422,
    retryable: false,
    zh: '签章位置超出页面范围。',
    en: 'The seal would land outside the page.',
  },
  'document.unsupported': {
    status: 422,
    retryable: false,
    zh: '暂不支持此文件的结构。',
    en: 'The structure of this file is not supported.',
  },
  'seal.not_image': {
    status: 422,
    retryable: false,
    zh: '印章图片无法识别，请使用 PNG 或 JPEG 图片。',
    en: 'The seal picture is not a PNG or JPEG image.',
  },
  'seal.too_large': { status: 422, retryable: false, zh: '印章图片过大。', en: 'The seal picture is too large.' },
  'seal.not_found': {
    status: 404,
    retryable: false,
    zh: '没有可用的印章，请先在客户端添加印章图片。',
    en: 'No seal: add one in the client first.',
  },
  'signature.malformed': {
    status: 422,
    retryable: false,
    zh: '签名数据无法识别。',
    en: 'The signature data cannot be read.',
  },
  // local store and program
  'store.corrupt': {
    status: 500,
    retryable: false,
    zh: '本地数据文件已损坏，已备份原文件并新建。',
    en: 'The local store is damaged.',
  },
  'store.newer': {
    status: 500,
    retryable: false,
    zh: '本地数据由更新版本的程序写入，请升级客户端。',
    en: 'The local store was written by a newer version.',
  },
  'store.read_only': {
    status: 500,
    retryable: false,
    zh: '本地数据目录不可写，请检查权限。',
    en: 'The local store cannot be written.',
  },
  'store.disk_full': { status: 507, retryable: true, zh: '磁盘空间不足，请清理后重试。', en: 'The disk is full.' },
  'journal.broken': {
    status: 500,
    retryable: false,
    zh: '操作日志校验失败，可能被篡改。',
    en: 'The journal does not verify.',
  },
  'program.unexpected': {
    status: 500,
    retryable: true,
    zh: '程序出现意外错误，请重试；若仍失败，请导出诊断报告。',
    en: 'An unexpected error happened.',
  },
  'program.forbidden': { status: 403, retryable: false, zh: '不允许的调用。', en: 'This call is not allowed.' },
} as const satisfies Record<string, ErrorDefinition>

export type ErrorCode = keyof typeof errorCodes

/** Safe to show to the user and to the calling page: never a PIN, key, path of another user or stack. */
export type ErrorDetails = Readonly<Record<string, string | number | boolean | null>>

/** An error with a code of the closed list. `cause` goes to the log only. */
export class AppError extends Error {
  readonly code: ErrorCode
  readonly details: ErrorDetails

  constructor(code: ErrorCode, details: ErrorDetails = {}, options?: { cause?: unknown }) {
    super(errorCodes[code].en, options)
    this.name = 'AppError'
    this.code = code
    this.details = details
  }

  get definition(): ErrorDefinition {
    return errorCodes[this.code]
  }
}

/** The same error as plain data, for process borders. */
export interface ErrorData {
  readonly code: ErrorCode
  readonly details: ErrorDetails
}

export const isErrorCode = (value: string): value is ErrorCode => Object.hasOwn(errorCodes, value)

/** Anything thrown, as an AppError; what is unknown becomes `program.unexpected` with its cause kept for the log. */
export const toAppError = (error: unknown): AppError =>
  error instanceof AppError ? error : new AppError('program.unexpected', {}, { cause: error })

export const toErrorData = (error: unknown): ErrorData => {
  const { code, details } = toAppError(error)
  return { code, details }
}
