import { randomBytes } from '#platform'

import { AppError } from '#contract/errors.ts'
import { explicit, sequence, smallInteger, time, unsignedInteger } from '../asn1/writer.ts'
import type { Certificate } from '../x509/certificate.ts'
import {
  authorityKeyIdentifier,
  encodeExtensions,
  issuerKeyIdentifier,
  keyIdentifierOf,
  subjectKeyIdentifier,
} from './extensions.ts'
import type { ExtensionInput } from './extensions.ts'
import { encodeName } from './name.ts'
import type { NameInput } from './name.ts'
import { prepareStructure } from './signed-structure.ts'
import type { PreparedStructure, SignerDescription } from './signed-structure.ts'

export interface CertificateInput {
  /** Name, as attributes or DER. */
  readonly subject: NameInput | Uint8Array
  /** SubjectPublicKeyInfo of the holder. */
  readonly spki: Uint8Array
  readonly notBefore: Date
  readonly notAfter: Date
  /** Unsigned, 20 octets at most. Default: 158 random bits. */
  readonly serial?: Uint8Array
  /** In this order; the key identifiers are put behind them unless given. */
  readonly extensions: readonly ExtensionInput[]
  /** Left out: self-signed. */
  readonly issuer?: Certificate
  readonly algorithm?: SignerDescription['algorithm']
}

/** RFC 5280 §4.1.2.2: positive, 20 octets at most. The same length always, so that nothing is told by it. */
export const randomSerial = (): Uint8Array => {
  const serial = randomBytes(20)
  serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40
  return serial
}

const checkedSerial = (serial: Uint8Array): Uint8Array => {
  const isPositive = serial.some((byte) => byte !== 0)
  if (!isPositive || serial.length > 20) throw new AppError('request.invalid', { field: 'serial' })
  return unsignedInteger(serial)
}

/** What certificates know of a time. */
const wholeSeconds = (date: Date): number => Math.floor(date.getTime() / 1000)

const identifiers = (spki: Uint8Array, issuer: Certificate | undefined): ExtensionInput[] => {
  const subject = subjectKeyIdentifier(keyIdentifierOf(spki))
  if (issuer === undefined) return [subject]
  return [subject, authorityKeyIdentifier(issuerKeyIdentifier(issuer))]
}

/**
 * A certificate of version 3 (RFC 5280 §4.1), in two steps so that the issuer's key may be anywhere.
 * @throws request.invalid for a name, serial number or validity that is none, or one that outlives its issuer
 */
export const prepareCertificate = (input: CertificateInput): PreparedStructure => {
  const { spki, notBefore, notAfter, issuer, algorithm } = input
  const subject = input.subject instanceof Uint8Array ? input.subject : encodeName(input.subject)
  if (!(notBefore < notAfter)) throw new AppError('request.invalid', { field: 'notAfter', reason: 'before_not_before' })
  if (issuer !== undefined && wholeSeconds(notAfter) > wholeSeconds(issuer.notAfter)) {
    throw new AppError('request.invalid', { field: 'notAfter', reason: 'outlives_issuer' })
  }
  const given = new Set(input.extensions.map(({ oid }) => oid))
  const extensions = [...input.extensions, ...identifiers(spki, issuer).filter(({ oid }) => !given.has(oid))]
  if (given.size !== input.extensions.length) {
    throw new AppError('request.invalid', { field: 'extensions', reason: 'extension_repeated' })
  }
  const signer = { spki: issuer?.spki ?? spki, ...(algorithm === undefined ? {} : { algorithm }) }
  return prepareStructure(signer, (identifier) =>
    sequence(
      explicit(0, smallInteger(2)),
      checkedSerial(input.serial ?? randomSerial()),
      identifier,
      issuer?.subject.der ?? subject,
      sequence(time(notBefore), time(notAfter)),
      subject,
      spki,
      explicit(3, encodeExtensions(extensions)),
    ),
  )
}
