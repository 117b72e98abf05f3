import { AppError } from '#contract/errors.ts'
import { tag } from '../asn1/tags.ts'
import { encode, oid, sequence, setOf, utf8String } from '../asn1/writer.ts'
import { fromLatin1 } from '../bytes/encodings.ts'

/** Attribute types by short name (RFC 4519): OID, string type, and upper bound in characters (RFC 5280 appendix A). */
const attributeTypes = {
  C: { oid: '2.5.4.6', form: 'printable', max: 2 },
  ST: { oid: '2.5.4.8', form: 'utf8', max: 128 },
  L: { oid: '2.5.4.7', form: 'utf8', max: 128 },
  street: { oid: '2.5.4.9', form: 'utf8', max: 128 },
  O: { oid: '2.5.4.10', form: 'utf8', max: 64 },
  OU: { oid: '2.5.4.11', form: 'utf8', max: 64 },
  title: { oid: '2.5.4.12', form: 'utf8', max: 64 },
  CN: { oid: '2.5.4.3', form: 'utf8', max: 64 },
  SN: { oid: '2.5.4.4', form: 'utf8', max: 64 },
  GN: { oid: '2.5.4.42', form: 'utf8', max: 64 },
  serialNumber: { oid: '2.5.4.5', form: 'printable', max: 64 },
  organizationIdentifier: { oid: '2.5.4.97', form: 'utf8', max: 128 },
  UID: { oid: '0.9.2342.19200300.100.1.1', form: 'utf8', max: 256 },
  DC: { oid: '0.9.2342.19200300.100.1.25', form: 'ia5', max: 128 },
  emailAddress: { oid: '1.2.840.113549.1.9.1', form: 'ia5', max: 255 },
} as const
export type NameAttributeType = keyof typeof attributeTypes

/** The attributes of a name, the most general one first: `[['C', 'CN'], ['O', '某公司'], ['CN', '张三']]`. */
export type NameInput = readonly (readonly [NameAttributeType, string])[]

const printable = /^[A-Za-z0-9 '()+,\-./:=?]*$/
const ia5 = /^[\x20-\x7e]*$/

/** PrintableString. @throws request.invalid with the field when it has characters of another alphabet */
export const printableString = (text: string, field: string): Uint8Array => {
  if (!printable.test(text)) throw new AppError('request.invalid', { field, reason: 'not_printable_string' })
  return encode(tag.printableString, fromLatin1(text))
}

/** IA5String without control characters. @throws request.invalid with the field */
export const ia5String = (text: string, field: string, identifier: number = tag.ia5String): Uint8Array => {
  if (!ia5.test(text)) throw new AppError('request.invalid', { field, reason: 'not_ascii' })
  return encode(identifier, fromLatin1(text))
}

const encodeValue = (type: NameAttributeType, value: string): Uint8Array => {
  const { form, max } = attributeTypes[type]
  const fail = (reason: string): AppError => new AppError('request.invalid', { field: type, reason })
  if (value === '') throw fail('empty')
  if (Array.from(value).length > max) throw fail('too_long')
  if (/\p{Cc}/u.test(value)) throw fail('control_character')
  if (type === 'C' && !/^[A-Z]{2}$/.test(value)) throw fail('country')
  if (form === 'utf8') return utf8String(value)
  return form === 'ia5' ? ia5String(value, type) : printableString(value, type)
}

/** Name (RFC 5280 §4.1.2.4), each attribute an RDN of its own. @throws request.invalid with field and reason */
export const encodeName = (attributes: NameInput): Uint8Array =>
  sequence(
    ...attributes.map(([type, value]) => setOf(sequence(oid(attributeTypes[type].oid), encodeValue(type, value)))),
  )
