import { children, cursor, expectTag, onlyChild } from '../asn1/reader.ts'
import { context, tag } from '../asn1/tags.ts'
import { readOid, readText } from '../asn1/values.ts'
import { explicit, oid, sequence, utf8String } from '../asn1/writer.ts'
import { encodeAttribute } from '../cms/attributes.ts'
import type { SignedAttributes } from '../cms/attributes.ts'
import { cadesOids } from './oids.ts'

/** What the signer commits to (ETSI EN 319 122-1 §5.2.3, identifiers of RFC 5126 §5.11.1). */
const commitments = {
  origin: '1.2.840.113549.1.9.16.6.1',
  receipt: '1.2.840.113549.1.9.16.6.2',
  delivery: '1.2.840.113549.1.9.16.6.3',
  sender: '1.2.840.113549.1.9.16.6.4',
  approval: '1.2.840.113549.1.9.16.6.5',
  creation: '1.2.840.113549.1.9.16.6.6',
} as const
export type Commitment = keyof typeof commitments

/** Where the signer says to be (ETSI EN 319 122-1 §5.2.5). */
export interface SignerLocation {
  readonly country?: string
  readonly locality?: string
  /** At most six lines. */
  readonly address?: readonly string[]
}

/** For `attributes` of a signer. */
export const encodeCommitment = (commitment: Commitment): Uint8Array =>
  encodeAttribute(cadesOids.commitmentType, sequence(oid(commitments[commitment])))

/** For `attributes` of a signer. */
export const encodeSignerLocation = ({ country, locality, address = [] }: SignerLocation): Uint8Array =>
  encodeAttribute(
    cadesOids.signerLocation,
    sequence(
      ...(country === undefined ? [] : [explicit(0, utf8String(country))]),
      ...(locality === undefined ? [] : [explicit(1, utf8String(locality))]),
      ...(address.length === 0 ? [] : [explicit(2, sequence(...address.map(utf8String)))]),
    ),
  )

export interface SignerStatements {
  /** Name of a known commitment, else its OID. */
  readonly commitment: string | null
  readonly location: SignerLocation | null
}

/** Throws Asn1Error. */
export const readSignerStatements = ({ all }: SignedAttributes): SignerStatements => {
  const valueOf = (type: string) => {
    const attribute = all.find((candidate) => candidate.type === type)
    return attribute === undefined ? null : cursor(expectTag(onlyChild(attribute.values), tag.sequence))
  }
  const commitment = valueOf(cadesOids.commitmentType)
  const identifier = commitment === null ? null : readOid(commitment.next(tag.oid))
  const known = Object.entries(commitments).find(([, value]) => value === identifier)
  const place = valueOf(cadesOids.signerLocation)
  const country = place?.optional(context.constructed(0))
  const locality = place?.optional(context.constructed(1))
  const address = place?.optional(context.constructed(2))
  const text = (node: typeof country): string | undefined =>
    node === undefined ? undefined : readText(onlyChild(node))
  const [countryText, localityText] = [text(country), text(locality)]
  return {
    commitment: known?.[0] ?? identifier,
    location:
      place === null
        ? null
        : {
            ...(countryText === undefined ? {} : { country: countryText }),
            ...(localityText === undefined ? {} : { locality: localityText }),
            address: address === undefined ? [] : children(onlyChild(address)).flatMap((line) => readText(line) ?? []),
          },
  }
}
