import { AppError } from '#contract/errors.ts'
import { context, tag } from '../asn1/tags.ts'
import { encode, explicit, oid, retag, sequence, utf8String } from '../asn1/writer.ts'
import { encodeName, ia5String } from './name.ts'
import type { NameInput } from './name.ts'

/** A GeneralName (RFC 5280 §4.2.1.6) to be written. */
export type GeneralNameInput =
  | { readonly email: string }
  | { readonly dns: string }
  | { readonly uri: string }
  /** Dotted or colon-separated; `address/prefix length` in name constraints. */
  | { readonly ip: string }
  | { readonly directory: NameInput | Uint8Array }
  | { readonly registeredId: string }
  /** otherName whose value is a UTF8String, such as the user principal name 1.3.6.1.4.1.311.20.2.3. */
  | { readonly other: string; readonly text: string }

const invalidIp = (): AppError => new AppError('request.invalid', { field: 'ip', reason: 'not_an_address' })

const v4Bytes = (text: string): number[] | null => {
  const parts = text.split('.').map((part) => (/^\d{1,3}$/.test(part) ? Number(part) : 256))
  return parts.length === 4 && parts.every((part) => part < 256) ? parts : null
}

const groupBytes = (group: string): number[] => {
  const v4 = group.includes('.') ? v4Bytes(group) : null
  if (v4 !== null) return v4
  if (!/^[0-9a-f]{1,4}$/i.test(group)) throw invalidIp()
  const value = Number.parseInt(group, 16)
  return [value >> 8, value & 0xff]
}

const v6Bytes = (text: string): number[] => {
  const halves = text.split('::').map((half) => (half === '' ? [] : half.split(':').flatMap(groupBytes)))
  const [head = [], tail = []] = halves
  const missing = 16 - head.length - tail.length
  if (halves.length > 2 || (halves.length === 2 ? missing < 2 : missing !== 0)) throw invalidIp()
  return [...head, ...Array.from({ length: missing }, () => 0), ...tail]
}

const maskBytes = (length: number, prefix: string): number[] => {
  const bits = /^\d{1,3}$/.test(prefix) ? Number(prefix) : -1
  if (bits < 0 || bits > 8 * length) throw invalidIp()
  return Array.from({ length }, (_, index) => (0xff00 >> Math.min(8, Math.max(0, bits - 8 * index))) & 0xff)
}

/** 4 or 16 octets; with a prefix length the mask behind them. @throws request.invalid */
const ipBytes = (text: string): Uint8Array => {
  const [address = '', prefix, rest] = text.split('/')
  if (rest !== undefined) throw invalidIp()
  const bytes = v4Bytes(address) ?? v6Bytes(address)
  return Uint8Array.from(prefix === undefined ? bytes : [...bytes, ...maskBytes(bytes.length, prefix)])
}

export const encodeGeneralName = (name: GeneralNameInput): Uint8Array => {
  if ('email' in name) return ia5String(name.email, 'email', context.primitive(1))
  if ('dns' in name) return ia5String(name.dns, 'dns', context.primitive(2))
  if ('uri' in name) return ia5String(name.uri, 'uri', context.primitive(6))
  if ('ip' in name) return encode(context.primitive(7), ipBytes(name.ip))
  if ('registeredId' in name) return retag(oid(name.registeredId), context.primitive(8))
  if ('other' in name) return encode(context.constructed(0), oid(name.other), explicit(0, utf8String(name.text)))
  // Name is a CHOICE, so its tag is EXPLICIT.
  return explicit(4, name.directory instanceof Uint8Array ? name.directory : encodeName(name.directory))
}

/** GeneralNames under an identifier octet of its own. */
export const encodeGeneralNames = (names: readonly GeneralNameInput[], identifier: number = tag.sequence): Uint8Array =>
  retag(sequence(...names.map(encodeGeneralName)), identifier)
