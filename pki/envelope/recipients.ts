import { AppError } from '#contract/errors.ts'
import { checkEncryptionCertificate } from '../cms/enveloped/recipients.ts'
import type { Recipient, WrappedKey } from '../cms/enveloped/recipients.ts'
import { toBase64 } from '../bytes/encodings.ts'
import type { Certificate } from '../x509/certificate.ts'
import { sha256Hex } from './digests.ts'
import type { Manifest } from './manifest.ts'
import type { EnvelopeProfile } from './profiles.ts'

/** What does not stop the encryption, but may lose the bid. `serial` names the certificate. */
export interface EnvelopeWarning {
  /** A certificate that is renewed or expired when bids are opened is the commonest reason why one cannot be read. */
  readonly code: 'expires_before_opening'
  readonly serial: string
  readonly notAfter: Date
}

const checkCertificate = (certificate: Certificate, profile: EnvelopeProfile, now: Date): void => {
  const { serial } = certificate
  const type = checkEncryptionCertificate(certificate)
  if (profile === 'gm' && type !== 'sm2')
    throw new AppError('certificate.usage_refused', { reason: 'key_type', serial })
  if (now < certificate.notBefore) throw new AppError('certificate.not_yet_valid', { serial })
  if (now > certificate.notAfter) throw new AppError('certificate.expired', { serial })
}

/**
 * Every certificate must be one for encryption and valid now, whatever its place in the list.
 * @throws certificate.usage_refused, certificate.not_yet_valid, certificate.expired, with the serial number
 */
export const checkRecipients = (
  recipients: readonly Recipient[],
  profile: EnvelopeProfile,
  now: Date,
  openingTime: Date | null,
): EnvelopeWarning[] => {
  for (const { certificate } of recipients) checkCertificate(certificate, profile, now)
  return recipients.flatMap(({ certificate: { serial, notAfter } }) =>
    openingTime !== null && notAfter < openingTime ? [{ code: 'expires_before_opening', serial, notAfter }] : [],
  )
}

export const describeRecipient = ({
  certificate,
  keyEncryption,
  encryptedKey,
}: WrappedKey): Manifest['recipients'][number] => ({
  subject: certificate.subject.text,
  issuer: certificate.issuer.text,
  serial: certificate.serial,
  fingerprint: certificate.fingerprint,
  spkiSha256: sha256Hex(certificate.spki),
  notAfter: certificate.notAfter.toISOString(),
  keyEncryption,
  encryptedKey: toBase64(encryptedKey),
})
