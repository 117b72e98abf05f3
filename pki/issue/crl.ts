import { AppError } from '#contract/errors.ts'
import { tag } from '../asn1/tags.ts'
import { encode, explicit, retag, sequence, smallInteger, time, unsignedInteger } from '../asn1/writer.ts'
import { concat } from '../bytes/concat.ts'
import { fromHex, fromLatin1 } from '../bytes/encodings.ts'
import { crlReasons } from '../revocation/status.ts'
import type { CrlReason } from '../revocation/status.ts'
import type { Certificate } from '../x509/certificate.ts'
import { extensionOids } from '../x509/extension-oids.ts'
import {
  authorityKeyIdentifier,
  encodeExtensions,
  freshestCrl,
  issuerKeyIdentifier,
  issuingDistributionPoint,
} from './extensions.ts'
import type { DistributionPointInput, ExtensionInput, IssuingDistributionPointInput } from './extensions.ts'
import { encodeGeneralNames } from './general-names.ts'
import { prepareStructure } from './signed-structure.ts'
import type { PreparedStructure, SignerDescription } from './signed-structure.ts'

export interface RevokedCertificate {
  /** Content octets of the serial number, unsigned. */
  readonly serial: Uint8Array
  readonly revokedAt: Date
  readonly reason?: CrlReason
  /** Since when the key may have been abused. */
  readonly invalidSince?: Date
  /** Name, DER: of an indirect list, for this entry and those after it until another is named. */
  readonly certificateIssuer?: Uint8Array
}

export interface CrlInput {
  /** Who signs: the authority, or the issuer of an indirect list. */
  readonly issuer: Certificate
  /** Grows with every list of this issuer (RFC 5280 §5.2.3), 20 octets at most. */
  readonly number: bigint
  readonly thisUpdate: Date
  readonly nextUpdate: Date
  readonly revoked: readonly RevokedCertificate[]
  /** Makes it a delta to the full list of this number. */
  readonly baseNumber?: bigint
  readonly distributionPoint?: IssuingDistributionPointInput
  /** Where the deltas of this full list lie. */
  readonly freshest?: readonly DistributionPointInput[]
  readonly algorithm?: SignerDescription['algorithm']
}

/** GeneralizedTime whatever the year: invalidity dates and OCSP (RFC 5280 §5.3.2, RFC 6960 §4.2.2.1). */
export const generalizedTime = (date: Date): Uint8Array =>
  encode(tag.generalizedTime, fromLatin1(date.toISOString().replaceAll(/[-:T]|\.\d+/g, '')))

export const enumerated = (value: number): Uint8Array => retag(smallInteger(value), tag.enumerated)

const extension = (type: string, isCritical: boolean, value: Uint8Array): ExtensionInput => ({
  oid: type,
  isCritical,
  value,
})

const bigInteger = (value: bigint): Uint8Array => {
  const digits = value.toString(16)
  return unsignedInteger(fromHex(digits.padStart(digits.length + (digits.length % 2), '0')))
}

const encodeEntry = ({
  serial,
  revokedAt,
  reason,
  invalidSince,
  certificateIssuer,
}: RevokedCertificate): Uint8Array => {
  const extensions = [
    // RFC 5280 §5.3.1: no reason rather than `unspecified`.
    ...(reason === undefined || reason === 'unspecified'
      ? []
      : [extension(extensionOids.reasonCode, false, enumerated(crlReasons[reason]))]),
    ...(invalidSince === undefined
      ? []
      : [extension(extensionOids.invalidityDate, false, generalizedTime(invalidSince))]),
    ...(certificateIssuer === undefined
      ? []
      : [extension(extensionOids.certificateIssuer, true, encodeGeneralNames([{ directory: certificateIssuer }]))]),
  ]
  return sequence(
    unsignedInteger(serial),
    time(revokedAt),
    ...(extensions.length === 0 ? [] : [encodeExtensions(extensions)]),
  )
}

/** Arguments of one call have a limit that long lists pass. */
const CHUNK = 1000

const encodeEntries = (revoked: readonly RevokedCertificate[]): Uint8Array =>
  encode(
    tag.sequence,
    ...Array.from({ length: Math.ceil(revoked.length / CHUNK) }, (_, index) =>
      concat(...revoked.slice(index * CHUNK, (index + 1) * CHUNK).map(encodeEntry)),
    ),
  )

const listExtensions = ({ issuer, number, baseNumber, distributionPoint, freshest }: CrlInput): ExtensionInput[] => [
  authorityKeyIdentifier(issuerKeyIdentifier(issuer)),
  extension(extensionOids.crlNumber, false, bigInteger(number)),
  ...(baseNumber === undefined ? [] : [extension(extensionOids.deltaCrlIndicator, true, bigInteger(baseNumber))]),
  ...(distributionPoint === undefined ? [] : [issuingDistributionPoint(distributionPoint)]),
  ...(freshest === undefined ? [] : [freshestCrl(freshest)]),
]

/** CertificateList of version 2 (RFC 5280 §5). @throws request.invalid for dates or reasons that cannot be */
export const prepareCrl = (input: CrlInput): PreparedStructure => {
  const { issuer, thisUpdate, nextUpdate, revoked, baseNumber, algorithm } = input
  if (!(thisUpdate < nextUpdate)) throw new AppError('request.invalid', { field: 'nextUpdate' })
  if (baseNumber === undefined && revoked.some(({ reason }) => reason === 'removeFromCRL')) {
    throw new AppError('request.invalid', { field: 'reason', reason: 'only_in_deltas' })
  }
  const signer = { spki: issuer.spki, ...(algorithm === undefined ? {} : { algorithm }) }
  return prepareStructure(signer, (identifier) =>
    sequence(
      smallInteger(1),
      identifier,
      issuer.subject.der,
      time(thisUpdate),
      time(nextUpdate),
      // RFC 5280 §5.1.2.6: absent rather than empty.
      ...(revoked.length === 0 ? [] : [encodeEntries(revoked)]),
      explicit(0, encodeExtensions(listExtensions(input))),
    ),
  )
}
