import { randomBytes } from '#platform'

import { AppError } from '#contract/errors.ts'
import { digestLength } from '#contract/keys.ts'
import type { DigestAlgorithm } from '#contract/keys.ts'
import { Asn1Error } from '../asn1/error.ts'
import { children, cursor, expectTag, readDer } from '../asn1/reader.ts'
import { context, tag } from '../asn1/tags.ts'
import { readBoolean, readIntegerBytes, readOid, readSmallInteger } from '../asn1/values.ts'
import { booleanValue, encode, oid, sequence, smallInteger } from '../asn1/writer.ts'
import { encodeMessageImprint, readMessageImprint } from './message-imprint.ts'
import type { MessageImprint } from './message-imprint.ts'

/** TimeStampReq (RFC 3161 §2.4.1). */
export interface TimestampRequest {
  readonly version: number
  readonly imprint: MessageImprint
  readonly policy: string | null
  /** Content octets of the INTEGER. */
  readonly nonce: Uint8Array | null
  readonly wantsCertificates: boolean
  readonly hasExtensions: boolean
}

/** Throws Asn1Error. */
export const readTimestampRequest = (der: Uint8Array): TimestampRequest => {
  const reader = cursor(expectTag(readDer(der), tag.sequence))
  const version = readSmallInteger(reader.next(tag.integer))
  const imprint = readMessageImprint(reader.next())
  const policy = reader.optional(tag.oid)
  const nonce = reader.optional(tag.integer)
  const wantsCertificates = reader.optional(tag.boolean)
  const extensions = reader.optional(context.constructed(0))
  reader.finish()
  const nonceBytes = nonce === undefined ? null : readIntegerBytes(nonce)
  if (nonce !== undefined && (nonceBytes?.length ?? 0) > MAX_NONCE) throw new Asn1Error('nonce_too_long', nonce.start)
  return {
    version,
    imprint,
    policy: policy === undefined ? null : readOid(policy),
    nonce: nonceBytes,
    wantsCertificates: wantsCertificates !== undefined && readBoolean(wantsCertificates),
    hasExtensions: extensions !== undefined && children(extensions).length > 0,
  }
}

const MAX_NONCE = 64
const NONCE = 16

export interface CreateTimestampRequestInput {
  readonly algorithm: DigestAlgorithm
  /** Of what is to be stamped. */
  readonly digest: Uint8Array
  /** OID the authority is to stamp under. Default: its own choice. */
  readonly policy?: string
  /** Default: true, without which a response can only be checked by who has the authority's certificate. */
  readonly wantsCertificates?: boolean
}

/** What was asked, for `verifyTimestampResponse`. */
export interface CreatedTimestampRequest {
  readonly der: Uint8Array
  readonly algorithm: DigestAlgorithm
  readonly digest: Uint8Array
  readonly policy: string | null
  /** Content octets of the INTEGER. */
  readonly nonce: Uint8Array
}

/** A request with a nonce of 16 random bytes. Throws `key.digest_length`. */
export const createTimestampRequest = (input: CreateTimestampRequestInput): CreatedTimestampRequest => {
  const { algorithm, digest, policy = null } = input
  if (digest.length !== digestLength[algorithm]) {
    throw new AppError('key.digest_length', { expected: digestLength[algorithm], actual: digest.length })
  }
  const nonce = randomBytes(NONCE)
  // A positive number in the shortest form.
  nonce[0] = 0x40 | ((nonce[0] ?? 0) & 0x3f)
  const der = sequence(
    smallInteger(1),
    encodeMessageImprint(algorithm, digest),
    ...(policy === null ? [] : [oid(policy)]),
    encode(tag.integer, nonce),
    ...(input.wantsCertificates === false ? [] : [booleanValue(true)]),
  )
  return { der, algorithm, digest, policy, nonce }
}
