import { randomBytes } from '#platform'

import { AppError } from '#contract/errors.ts'
import { readPublicKeyInfo } from '../algorithms/public-key.ts'
import { readDer } from '../asn1/reader.ts'
import { explicit, sequence, smallInteger, time, unsignedInteger } from '../asn1/writer.ts'
import { bytesEqual } from '../bytes/encodings.ts'
import { defaultAlgorithms, keyRule } from '../path/algorithm-policy.ts'
import type { Certificate } from '../x509/certificate.ts'
import { extensionOids } from '../x509/extension-oids.ts'
import { readBasicConstraints } from '../x509/extensions.ts'
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

const invalid = (field: string, reason: string): AppError => new AppError('request.invalid', { field, reason })

/** What certificates know of a time. */
const wholeSeconds = (date: Date): number => Math.floor(date.getTime() / 1000)

const identifiers = (spki: Uint8Array, issuer: Certificate | undefined): ExtensionInput[] => {
  const subject = subjectKeyIdentifier(keyIdentifierOf(spki))
  if (issuer === undefined) return [subject]
  return [subject, authorityKeyIdentifier(issuerKeyIdentifier(issuer))]
}

/** What a validator would find in every certificate of this issuer (RFC 5280 §6.1.3, §6.1.4). */
const checkIssuer = (
  issuer: Certificate,
  subject: Uint8Array,
  { notBefore, notAfter, extensions }: CertificateInput,
) => {
  const { basicConstraints, keyUsage } = issuer
  if (basicConstraints?.isCa !== true) throw invalid('issuer', 'not_a_ca')
  if (keyUsage?.includes('keyCertSign') === false) throw invalid('issuer', 'key_usage')
  if (wholeSeconds(notBefore) < wholeSeconds(issuer.notBefore)) throw invalid('notBefore', 'precedes_issuer')
  if (wholeSeconds(notAfter) > wholeSeconds(issuer.notAfter)) throw invalid('notAfter', 'outlives_issuer')
  const constraints = extensions.find(({ oid }) => oid === extensionOids.basicConstraints)
  const own = constraints === undefined ? null : readBasicConstraints(constraints.value)
  // §6.1.4 (l): what has its issuer's own name is not counted.
  if (own?.isCa !== true || basicConstraints.pathLength === null || bytesEqual(subject, issuer.subject.der)) return
  if ((own.pathLength ?? 0) >= basicConstraints.pathLength) throw invalid('extensions', 'path_length')
}

/**
 * A certificate of version 3 (RFC 5280 §4.1), in two steps so that the issuer's key may be anywhere.
 * @throws request.invalid for a name, serial number or validity that is none, a key that is too weak, an issuer that may
 * not sign it, or a validity that is not inside its issuer's
 */
export const prepareCertificate = (input: CertificateInput): PreparedStructure => {
  const { spki, notBefore, notAfter, issuer, algorithm } = input
  const subject = input.subject instanceof Uint8Array ? input.subject : encodeName(input.subject)
  if (!(notBefore < notAfter)) throw invalid('notAfter', 'before_not_before')
  if (issuer !== undefined) checkIssuer(issuer, subject, input)
  const weakness = keyRule(readPublicKeyInfo(readDer(spki)), defaultAlgorithms)
  if (weakness !== null) throw invalid('spki', weakness)
  const given = new Set(input.extensions.map(({ oid }) => oid))
  const extensions = [...input.extensions, ...identifiers(spki, issuer).filter(({ oid }) => !given.has(oid))]
  if (given.size !== input.extensions.length) throw invalid('extensions', 'extension_repeated')
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
