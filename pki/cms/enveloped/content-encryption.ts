import { randomBytes } from '#platform'

import { AppError } from '#contract/errors.ts'
import type { AlgorithmIdentifier } from '../../algorithms/algorithm-identifier.ts'
import { ciphers, isAuthenticated } from '../../algorithms/cipher.ts'
import type { CipherName } from '../../algorithms/cipher.ts'
import { oids } from '../../algorithms/oids.ts'
import { algorithmOf } from '../../algorithms/registry.ts'
import { Asn1Error } from '../../asn1/error.ts'
import { contentBytes, cursor, expectTag } from '../../asn1/reader.ts'
import type { DerNode } from '../../asn1/reader.ts'
import { tag } from '../../asn1/tags.ts'
import { readSmallInteger } from '../../asn1/values.ts'
import { octetString, oid, sequence, smallInteger } from '../../asn1/writer.ts'

/** Ciphers that messages are made with. Triple DES is not read either. */
export type ContentCipher = Exclude<CipherName, 'des-ede3-cbc'>

/** contentEncryptionAlgorithm of an EncryptedContentInfo. */
export interface ContentEncryption {
  readonly cipher: ContentCipher
  readonly iv: Uint8Array
  /** Bytes of the tag; 0 for CBC. */
  readonly tagLength: number
}

const cipherOids: Record<ContentCipher, string> = {
  'aes-128-cbc': oids.aes128Cbc,
  'aes-192-cbc': oids.aes192Cbc,
  'aes-256-cbc': oids.aes256Cbc,
  'aes-128-gcm': oids.aes128Gcm,
  'aes-192-gcm': oids.aes192Gcm,
  'aes-256-gcm': oids.aes256Gcm,
  'sm4-cbc': oids.sm4Cbc,
  'sm4-gcm': oids.sm4Gcm,
}

const TAG = 16

export const newContentEncryption = (cipher: ContentCipher): ContentEncryption => ({
  cipher,
  iv: randomBytes(ciphers[cipher].ivLength),
  tagLength: isAuthenticated(cipher) ? TAG : 0,
})

export const encodeContentEncryption = ({ cipher, iv, tagLength }: ContentEncryption): Uint8Array =>
  sequence(
    oid(cipherOids[cipher]),
    tagLength === 0 ? octetString(iv) : sequence(octetString(iv), smallInteger(tagLength)),
  )

/** GCMParameters (RFC 5084 §3.2): aes-nonce, and aes-ICVlen with the default of 12. */
const readGcmParameters = (node: DerNode): Omit<ContentEncryption, 'cipher'> => {
  const reader = cursor(expectTag(node, tag.sequence))
  const iv = contentBytes(reader.next(tag.octetString))
  const length = reader.optional(tag.integer)
  reader.finish()
  const tagLength = length === undefined ? 12 : readSmallInteger(length)
  if (iv.length === 0 || iv.length > 64) throw new Asn1Error('nonce_length', node.start)
  if (tagLength < 12 || tagLength > TAG) throw new Asn1Error('tag_length', node.start)
  return { iv, tagLength }
}

/** @throws envelope.unsupported for any other algorithm */
export const readContentEncryption = ({ oid, parameters }: AlgorithmIdentifier): ContentEncryption => {
  const cipher = algorithmOf(oid, 'cipher')?.cipher
  if (cipher === undefined || cipher === 'des-ede3-cbc') {
    throw new AppError('envelope.unsupported', { reason: 'content_encryption', oid })
  }
  if (parameters === undefined) throw new Asn1Error('parameters_missing', 0)
  if (isAuthenticated(cipher)) {
    const gcm = readGcmParameters(parameters)
    if (cipher === 'sm4-gcm' && gcm.tagLength !== TAG)
      throw new AppError('envelope.unsupported', { reason: 'tag_length' })
    return { cipher, ...gcm }
  }
  const iv = contentBytes(expectTag(parameters, tag.octetString))
  if (iv.length !== ciphers[cipher].ivLength) throw new Asn1Error('iv_length', parameters.start)
  return { cipher, iv, tagLength: 0 }
}
