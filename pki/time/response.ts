import { Asn1Error } from '../asn1/error.ts'
import { children, cursor, encodedBytes, expectTag, readDer } from '../asn1/reader.ts'
import type { DerNode } from '../asn1/reader.ts'
import { tag } from '../asn1/tags.ts'
import { readNamedBits, readSmallInteger, readText } from '../asn1/values.ts'
import { encode, sequence, smallInteger, utf8String } from '../asn1/writer.ts'

/** PKIStatus (RFC 3161 §2.4.2), in the order of the numbers. */
const statuses = [
  'granted',
  'granted_with_mods',
  'rejection',
  'waiting',
  'revocation_warning',
  'revocation_notification',
] as const
export type TimestampStatus = (typeof statuses)[number]

/** PKIFailureInfo by bit (RFC 3161 §2.4.2). */
const failureBits = {
  badAlg: 0,
  badRequest: 2,
  badDataFormat: 5,
  timeNotAvailable: 14,
  unacceptedPolicy: 15,
  unacceptedExtension: 16,
  addInfoNotAvailable: 17,
  systemFailure: 25,
} as const
export type TimestampFailure = keyof typeof failureBits

/** TimeStampResp. */
export interface TimestampResponse {
  readonly status: TimestampStatus
  readonly failures: readonly TimestampFailure[]
  /** What the authority says, in its own words. */
  readonly text: readonly string[]
  readonly token: Uint8Array | null
}

const failureNames: ReadonlyMap<number, TimestampFailure> = new Map(
  Object.entries(failureBits).map(([name, bit]) => [bit, name as TimestampFailure]),
)

const readStatus = (node: DerNode): Omit<TimestampResponse, 'token'> => {
  const reader = cursor(expectTag(node, tag.sequence))
  const status = statuses[readSmallInteger(reader.next(tag.integer))]
  if (status === undefined) throw new Asn1Error('status_unknown', node.start)
  const text = reader.optional(tag.sequence)
  const failures = reader.optional(tag.bitString)
  reader.finish()
  return {
    status,
    text: text === undefined ? [] : children(text).flatMap((item) => readText(item) ?? []),
    failures: failures === undefined ? [] : readNamedBits(failures).flatMap((bit) => failureNames.get(bit) ?? []),
  }
}

/** Throws Asn1Error. */
export const readTimestampResponse = (der: Uint8Array): TimestampResponse => {
  const reader = cursor(expectTag(readDer(der), tag.sequence))
  const status = readStatus(reader.next())
  const token = reader.optional(tag.sequence)
  reader.finish()
  return { ...status, token: token === undefined ? null : encodedBytes(token) }
}

export const encodeGranted = (token: Uint8Array): Uint8Array => sequence(sequence(smallInteger(0)), token)

/** A response without a token: rejection (2) with the reason and a text for the log of the client. */
export const rejectTimestamp = (failure: TimestampFailure, text: string): Uint8Array => {
  const bit = failureBits[failure]
  const bits = new Uint8Array(1 + (bit >> 3) + 1)
  bits[0] = 7 - (bit & 7)
  bits[1 + (bit >> 3)] = 0x80 >> (bit & 7)
  return sequence(sequence(smallInteger(2), sequence(utf8String(text)), encode(tag.bitString, bits)))
}
