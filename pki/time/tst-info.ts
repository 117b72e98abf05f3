import type { DigestAlgorithm } from '#contract/keys.ts'
import { Asn1Error } from '../asn1/error.ts'
import { contentBytes, cursor, encodedBytes, expectTag, onlyChild, readDer } from '../asn1/reader.ts'
import type { DerNode } from '../asn1/reader.ts'
import { context, tag } from '../asn1/tags.ts'
import { readBoolean, readIntegerBytes, readOid, readSmallInteger } from '../asn1/values.ts'
import { booleanValue, encode, explicit, oid, sequence, smallInteger, unsignedInteger } from '../asn1/writer.ts'
import { fromLatin1, toHex, toLatin1 } from '../bytes/encodings.ts'
import { readExtensions } from '../x509/extensions.ts'
import type { Extension } from '../x509/extensions.ts'
import { encodeMessageImprint, readMessageImprint } from './message-imprint.ts'
import type { MessageImprint } from './message-imprint.ts'

/** TSTInfo (RFC 3161 §2.4.2). */
export interface TstInfo {
  readonly policy: string
  readonly imprint: MessageImprint
  /** Lower-case hex, as encoded. */
  readonly serial: string
  /** Down to milliseconds; what is finer is cut off. */
  readonly genTime: Date
  /** In milliseconds, rounded up; null where the authority names none. */
  readonly accuracy: number | null
  readonly isOrdered: boolean
  /** Content octets of the INTEGER. */
  readonly nonce: Uint8Array | null
  /** GeneralName of the authority as it stands. */
  readonly tsa: Uint8Array | null
  readonly extensions: readonly Extension[]
}

const timePattern = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(?:\.(\d{0,15}[1-9]))?Z$/

/** GeneralizedTime with a fraction that does not end in zero (RFC 3161 §2.4.2). */
const readGenTime = (node: DerNode): Date => {
  const match = timePattern.exec(toLatin1(contentBytes(expectTag(node, tag.generalizedTime))))
  if (match === null) throw new Asn1Error('time_malformed', node.start)
  const [, year = '', month = '', day = '', hour = '', minute = '', second = '', fraction = ''] = match
  const text = `${year}-${month}-${day}T${hour}:${minute}:${second}.${fraction.padEnd(3, '0').slice(0, 3)}Z`
  const date = new Date(text)
  if (Number.isNaN(date.getTime()) || date.toISOString() !== text) throw new Asn1Error('time_malformed', node.start)
  return date
}

const genTime = (date: Date): Uint8Array => {
  const text = date.toISOString().replaceAll(/[-:T]/g, '')
  return encode(tag.generalizedTime, fromLatin1(text.replace(/\.?0*Z$/, 'Z')))
}

/** Accuracy: seconds, milliseconds [0] and microseconds [1], each optional. */
const readAccuracy = (node: DerNode): number => {
  const reader = cursor(node)
  const seconds = reader.optional(tag.integer)
  const part = (number: number): number => {
    const field = reader.optional(context.primitive(number))
    const value = field === undefined ? 0 : readSmallInteger({ ...field, tag: tag.integer })
    if (value > 999) throw new Asn1Error('accuracy_malformed', node.start)
    return value
  }
  const milliseconds = part(0)
  const microseconds = part(1)
  reader.finish()
  return (seconds === undefined ? 0 : readSmallInteger(seconds) * 1000) + milliseconds + (microseconds > 0 ? 1 : 0)
}

/** Throws Asn1Error. */
export const readTstInfo = (der: Uint8Array): TstInfo => {
  const node = readDer(der)
  const reader = cursor(expectTag(node, tag.sequence))
  if (readSmallInteger(reader.next(tag.integer)) !== 1) throw new Asn1Error('version_unknown', node.start)
  const policy = readOid(reader.next(tag.oid))
  const imprint = readMessageImprint(reader.next())
  const serial = toHex(readIntegerBytes(reader.next(tag.integer)))
  const time = readGenTime(reader.next())
  const accuracy = reader.optional(tag.sequence)
  const ordering = reader.optional(tag.boolean)
  const nonce = reader.optional(tag.integer)
  const tsa = reader.optional(context.constructed(0))
  const extensions = reader.optional(context.constructed(1))
  reader.finish()
  return {
    policy,
    imprint,
    serial,
    genTime: time,
    accuracy: accuracy === undefined ? null : readAccuracy(accuracy),
    isOrdered: ordering !== undefined && readBoolean(ordering),
    nonce: nonce === undefined ? null : readIntegerBytes(nonce),
    tsa: tsa === undefined ? null : encodedBytes(onlyChild(tsa)),
    extensions: extensions === undefined ? [] : readExtensions({ ...extensions, tag: tag.sequence }),
  }
}

/** How far the clock of the authority may be off. */
export interface Accuracy {
  readonly seconds?: number
  /** 1 to 999 each. */
  readonly milliseconds?: number
  readonly microseconds?: number
}

export interface TstInfoInput {
  readonly policy: string
  readonly algorithm: DigestAlgorithm
  readonly digest: Uint8Array
  /** Positive, big-endian, up to 20 bytes. */
  readonly serial: Uint8Array
  readonly genTime: Date
  readonly accuracy: Accuracy | null
  readonly isOrdered: boolean
  readonly nonce: Uint8Array | null
  /** Name of the authority, DER. */
  readonly tsa: Uint8Array | null
}

const part = (identifier: number, value: number | undefined): Uint8Array[] =>
  value === undefined || value === 0 ? [] : [Uint8Array.of(identifier, ...smallInteger(value).subarray(1))]

export const encodeTstInfo = (info: TstInfoInput): Uint8Array =>
  sequence(
    smallInteger(1),
    oid(info.policy),
    encodeMessageImprint(info.algorithm, info.digest),
    unsignedInteger(info.serial),
    genTime(info.genTime),
    ...(info.accuracy === null
      ? []
      : [
          sequence(
            ...part(tag.integer, info.accuracy.seconds),
            ...part(context.primitive(0), info.accuracy.milliseconds),
            ...part(context.primitive(1), info.accuracy.microseconds),
          ),
        ]),
    ...(info.isOrdered ? [booleanValue(true)] : []),
    ...(info.nonce === null ? [] : [encode(tag.integer, info.nonce)]),
    // GeneralName directoryName [4], EXPLICIT since Name is a CHOICE.
    ...(info.tsa === null ? [] : [explicit(0, explicit(4, info.tsa))]),
  )

/**
 * Which of two time-stamps came first: below 0 for the first; 0 where that cannot be told (RFC 3161 §2.4.2: with ordering of one
 * authority always, else only where they are further apart than both accuracies; none stated counts as a second).
 */
export const compareTimestamps = (a: TstInfo, b: TstInfo): number => {
  const difference = a.genTime.getTime() - b.genTime.getTime()
  if (a.isOrdered && b.isOrdered && a.tsa !== null && b.tsa !== null && toHex(a.tsa) === toHex(b.tsa)) return difference
  return Math.abs(difference) > (a.accuracy ?? 1000) + (b.accuracy ?? 1000) ? difference : 0
}
