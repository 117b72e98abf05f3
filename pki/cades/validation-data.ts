import { AppError } from '#contract/errors.ts'
import { acceptedDigest, readAlgorithmIdentifier } from '../algorithms/algorithm-identifier.ts'
import { digest } from '../algorithms/digest.ts'
import type { HashName } from '../algorithms/digest.ts'
import { Asn1Error } from '../asn1/error.ts'
import { children, contentBytes, cursor, encodedBytes, expectTag, onlyChild } from '../asn1/reader.ts'
import type { DerNode } from '../asn1/reader.ts'
import { context, tag } from '../asn1/tags.ts'
import { encode, explicit, octetString, oid, sequence } from '../asn1/writer.ts'
import { toHex } from '../bytes/encodings.ts'
import type { Attribute } from '../cms/attributes.ts'
import type { SignedData, SignerInfo } from '../cms/signed-data.ts'
import { parseCrl } from '../revocation/crl.ts'
import type { CertificateList } from '../revocation/crl.ts'
import { parseOcspResponse } from '../revocation/ocsp.ts'
import type { OcspResponse } from '../revocation/ocsp.ts'
import { parseCertificate } from '../x509/certificate.ts'
import type { Certificate } from '../x509/certificate.ts'
import { cadesOids } from './oids.ts'

/** Certificates and revocation material that came with a signature. None of it is trusted. */
export interface ValidationData {
  readonly certificates: readonly Certificate[]
  readonly crls: readonly CertificateList[]
  readonly ocspResponses: readonly OcspResponse[]
  /** References to revocation material that is not here. */
  readonly missingReferences: number
}

const MAX_ITEMS = 256

const valuesOf = (attributes: readonly Attribute[], type: string): DerNode[] =>
  attributes.filter((attribute) => attribute.type === type).flatMap(({ values }) => children(values))

/** What cannot be read is as if it were not there: others may have added it, and it proves nothing. */
const readable = <T>(read: () => T): T[] => {
  try {
    return [read()]
  } catch (error) {
    if (error instanceof AppError || error instanceof Asn1Error) return []
    throw error
  }
}

/** A BasicOCSPResponse as the successful OCSPResponse it came in (RFC 6960 §4.2.1). */
const wrapBasic = (basic: Uint8Array): Uint8Array =>
  sequence(
    encode(tag.enumerated, Uint8Array.of(0)),
    explicit(0, sequence(oid(cadesOids.basicOcspResponse), octetString(basic))),
  )

/** RevocationValues (ETSI EN 319 122-1 §A.1.2.2). */
const readRevocationValues = (node: DerNode): { crls: Uint8Array[]; basics: Uint8Array[] } => {
  const reader = cursor(expectTag(node, tag.sequence))
  const list = (field: DerNode | undefined): Uint8Array[] =>
    field === undefined ? [] : children(onlyChild(field, tag.sequence)).map(encodedBytes)
  return { crls: list(reader.optional(context.constructed(0))), basics: list(reader.optional(context.constructed(1))) }
}

interface Reference {
  readonly hash: HashName | undefined
  readonly value: Uint8Array
}

/** OtherHash: SHA-1 as a bare OCTET STRING, others with their algorithm (RFC 5126 §6.2.2). */
const readOtherHash = (node: DerNode): Reference => {
  if (node.tag === tag.octetString) return { hash: 'sha1', value: contentBytes(node) }
  const reader = cursor(expectTag(node, tag.sequence))
  const hash = acceptedDigest(readAlgorithmIdentifier(reader.next()).oid)
  return { hash, value: contentBytes(reader.next(tag.octetString)) }
}

/** CompleteRevocationRefs: hashes of CRLs [0] and, where given, of OCSP responses [1] (ETSI EN 319 122-1 §A.1.2.1). */
const readReferences = (node: DerNode): { crls: Reference[]; ocsp: Reference[] } => {
  const found: { crls: Reference[]; ocsp: Reference[] } = { crls: [], ocsp: [] }
  for (const item of children(expectTag(node, tag.sequence))) {
    const reader = cursor(expectTag(item, tag.sequence))
    const crls = reader.optional(context.constructed(0))
    const ocsp = reader.optional(context.constructed(1))
    const identifiers = (field: DerNode | undefined): DerNode[] =>
      field === undefined ? [] : children(onlyChild(onlyChild(field, tag.sequence), tag.sequence))
    for (const identifier of identifiers(crls)) found.crls.push(readOtherHash(cursor(identifier).next()))
    for (const identifier of identifiers(ocsp)) {
      const [, hash] = children(identifier)
      if (hash !== undefined) found.ocsp.push(readOtherHash(hash))
    }
  }
  return found
}

/** Each item is digested once for each algorithm, however many references there are. */
const isMissing = (items: readonly Uint8Array[]) => {
  const digests = new Map<HashName, ReadonlySet<string>>()
  return ({ hash, value }: Reference): boolean => {
    if (hash === undefined) return true
    const known = digests.get(hash) ?? new Set(items.map((item) => toHex(digest(hash, item))))
    digests.set(hash, known)
    return !known.has(toHex(value))
  }
}

/** What stands in SignedData for all signers, read once. */
export interface SharedData {
  readonly crls: readonly CertificateList[]
  readonly ocspResponses: readonly OcspResponse[]
}

export const readSharedData = (message: SignedData): SharedData => ({
  crls: message.crls.flatMap((der) => readable(() => parseCrl(der))),
  ocspResponses: message.ocspResponses.flatMap((der) => readable(() => parseOcspResponse(der))),
})

/** Everything a message carries for one of its signers: in SignedData, and in the attributes of older profiles. */
export const readValidationData = (
  shared: SharedData,
  message: SignedData,
  { unsignedAttributes }: SignerInfo,
): ValidationData => {
  const values = valuesOf(unsignedAttributes, cadesOids.revocationValues).flatMap((node) =>
    readable(() => readRevocationValues(node)),
  )
  const certificates = valuesOf(unsignedAttributes, cadesOids.certificateValues)
    .flatMap((node) => readable(() => children(expectTag(node, tag.sequence))).flat())
    .slice(0, MAX_ITEMS)
  const crls = values.flatMap((value) => value.crls).slice(0, MAX_ITEMS)
  const basics = values.flatMap((value) => value.basics).slice(0, MAX_ITEMS)
  const responses = basics.map(wrapBasic)
  const references = valuesOf(unsignedAttributes, cadesOids.revocationRefs).flatMap((node) =>
    readable(() => readReferences(node)),
  )
  // The hash is over OCSPResponse or BasicOCSPResponse, as implementations differ.
  const missing = references.flatMap((found) => [
    ...found.crls.slice(0, MAX_ITEMS).filter(isMissing([...message.crls, ...crls])),
    ...found.ocsp.slice(0, MAX_ITEMS).filter(isMissing([...message.ocspResponses, ...responses, ...basics])),
  ])
  return {
    certificates: certificates.flatMap((node) => readable(() => parseCertificate(encodedBytes(node)))),
    crls: [...shared.crls, ...crls.flatMap((der) => readable(() => parseCrl(der)))],
    ocspResponses: [...shared.ocspResponses, ...responses.flatMap((der) => readable(() => parseOcspResponse(der)))],
    missingReferences: missing.length,
  }
}
