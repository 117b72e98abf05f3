import { fromBase64, toBase64 } from './bytes.ts'
import { BridgeError } from './errors.ts'
import type { Bridge, CertificateSummary, Content, SignatureAlgorithm } from './types.ts'

/** Error numbers of GM/T 0020 (SOR_*) that this layer uses. */
const sor = {
  ok: 0,
  unknown: 0x0b000001,
  notSupported: 0x0b000002,
  keyUsage: 0x0b000009,
  notInitialized: 0x0b000011,
  object: 0x0b000012,
  timeout: 0x0b000101,
  input: 0x0b000201,
} as const

export class SofError extends Error {
  /** SOR_*. */
  readonly number: number
  readonly zh: string

  constructor(number: number, en: string, zh: string, cause?: unknown) {
    super(en, { cause })
    this.name = 'SofError'
    this.number = number
    this.zh = zh
  }
}

const numbers: Record<string, number> = {
  'request.invalid': sor.input,
  'operation.timed_out': sor.timeout,
  'grant.missing': sor.notInitialized,
  'grant.expired': sor.notInitialized,
  'certificate.not_found': sor.object,
  'certificate.usage_refused': sor.keyUsage,
}

const toSofError = (error: unknown): unknown =>
  error instanceof BridgeError
    ? new SofError(numbers[error.code] ?? sor.unknown, error.message, error.zh, error)
    : error

const pinInClient = () =>
  new SofError(
    sor.notSupported,
    'The PIN is typed in the window of the client only: leave the parameter out.',
    '口令只能在中标一证通窗口中输入，网页不得传递口令。',
  )
const notFromPage = (name: string) =>
  new SofError(sor.notSupported, `${name} is not possible from a page.`, `网页不能调用 ${name}，请在中标一证通中操作。`)

/** Types of SOF_GetCertInfo that the certificate list answers. Other kits use 0x35 and above differently. */
const certificateFields: Record<number, (certificate: CertificateSummary) => string> = {
  0x02: ({ serial }) => serial,
  0x05: ({ issuer }) => issuer.full,
  0x06: ({ notBefore, notAfter }) => `${notBefore} - ${notAfter}`,
  0x07: ({ subject }) => subject.full,
  0x21: ({ issuer }) => issuer.commonName,
  0x22: ({ issuer }) => issuer.organization,
  0x31: ({ subject }) => subject.commonName,
  0x32: ({ subject }) => subject.organization,
  0x35: ({ notBefore }) => notBefore,
  0x36: ({ notAfter }) => notAfter,
  0x39: ({ creditCode }) => creditCode ?? '',
}

const rawAlgorithm = (certificate: CertificateSummary): SignatureAlgorithm =>
  certificate.keyType === 'ec' ? 'ecdsa-sha256' : 'rsa-pkcs1-sha256'

const idOf = async (der: string): Promise<string> => {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', fromBase64(der)))
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

const notSupported = [
  'SOF_ChangePassWd',
  'SOF_GetPinRetryCount',
  'SOF_ExportExChangeUserCert',
  'SOF_GetCertInfoByOid',
  'SOF_EncryptData',
  'SOF_DecryptData',
  'SOF_EncryptFile',
  'SOF_DecryptFile',
  'SOF_SignDataXML',
  'SOF_VerifySignedDataXML',
] as const

/**
 * The names of GB/T 43694 and GM/T 0020 over the SDK, as promises, so that an existing page needs few changes. Every signature
 * still opens the consent window of the client, and no function takes a PIN.
 */
export const createSof = (bridge: Bridge) => {
  let lastError: number = sor.ok

  /** Remembers the number of the last error, as SOF_GetLastError wants it. */
  const counted =
    <Parameters extends unknown[], Result>(run: (...parameters: Parameters) => Promise<Result>) =>
    async (...parameters: Parameters): Promise<Result> => {
      try {
        const result = await run(...parameters)
        lastError = sor.ok
        return result
      } catch (error) {
        const thrown = toSofError(error)
        lastError = thrown instanceof SofError ? thrown.number : sor.unknown
        throw thrown
      }
    }

  const find = async (certificateId: string): Promise<CertificateSummary> => {
    const found = (await bridge.certificates()).find(({ id }) => id === certificateId)
    if (found !== undefined) return found
    throw new SofError(sor.object, 'No such certificate is plugged in.', '未找到该证书，请插入对应的证书介质。')
  }

  const refusals = Object.fromEntries(
    notSupported.map((name) => [name, counted(() => Promise.reject(notFromPage(name)))]),
  ) as Record<(typeof notSupported)[number], (...parameters: unknown[]) => Promise<never>>

  return {
    ...refusals,
    /** `name||certificate id&&&`, one after the other. */
    SOF_GetUserList: counted(async () => {
      const list = await bridge.certificates()
      return list.map(({ subject, id }) => `${subject.commonName}||${id}&&&`).join('')
    }),
    /** Base64 of the DER. */
    SOF_ExportUserCert: counted(async (certificateId: string) => (await bridge.certificate(certificateId)).der),
    /** True when the key is plugged in. The PIN is asked for at each signature, in the client. */
    SOF_Login: counted(async (certificateId: string, pin?: string) => {
      if (pin !== undefined && pin !== '') throw pinInClient()
      return (await find(certificateId)).isPluggedIn
    }),
    /** Of the certificates in the list; '' for types that it does not hold. */
    SOF_GetCertInfo: counted(async (certificateDer: string, type: number) =>
      (certificateFields[type] ?? (() => ''))(await find(await idOf(certificateDer))),
    ),
    /** What the client knows of it: in its period and not frozen. */
    SOF_ValidateCert: counted(
      async (certificateDer: string) => (await find(await idOf(certificateDer))).state === 'normal',
    ),
    /** The bare signature over the text (UTF-8) or bytes, base64. */
    SOF_SignData: counted(async (certificateId: string, data: Content) => {
      const algorithm = rawAlgorithm(await find(certificateId))
      return (await bridge.signMessage(data, { format: 'raw', certificateId, algorithm })).signatures[0] ?? ''
    }),
    SOF_VerifySignedData: counted(
      async (certificateDer: string, data: Content, signature: string, algorithm?: SignatureAlgorithm) => {
        const report = await bridge.verifyMessage(signature, {
          format: 'raw',
          content: data,
          certificateDer,
          algorithm,
        })
        return report.verdict === 'valid'
      },
    ),
    /** `flag` 0: detached, 1: with the content inside. CMS (RFC 5652), base64. */
    SOF_SignMessage: counted(async (flag: number, certificateId: string, data: Content) => {
      const signed = await bridge.signMessage(data, { isDetached: flag === 0, certificateId })
      return signed.signatures[0] ?? ''
    }),
    /** `data` is needed for a detached signature. */
    SOF_VerifySignedMessage: counted(async (signature: string, data?: Content) => {
      const report = await bridge.verifyMessage(signature, { content: data })
      return report.verdict === 'valid'
    }),
    /** A page has no paths: it hands in the file itself. PDFs are signed by `bridge.signDocument`. */
    SOF_SignFile: counted(async (certificateId: string, file: Blob) => {
      if (!(file instanceof Blob)) throw notFromPage('SOF_SignFile')
      return (await bridge.signMessage(file, { certificateId })).signatures[0] ?? ''
    }),
    SOF_VerifySignedFile: counted(async (file: Blob, signature: string) => {
      if (!(file instanceof Blob)) throw notFromPage('SOF_VerifySignedFile')
      return (await bridge.verifyMessage(signature, { content: file })).verdict === 'valid'
    }),
    /** Base64 of random bytes, drawn by the browser. */
    SOF_GenRandom: counted((length: number) =>
      Promise.resolve(toBase64(crypto.getRandomValues(new Uint8Array(length)))),
    ),
    SOF_GetLastError: (): Promise<number> => Promise.resolve(lastError),
  }
}
