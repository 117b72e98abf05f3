import { readAlgorithmIdentifier } from '../../algorithms/algorithm-identifier.ts'
import type { AlgorithmIdentifier } from '../../algorithms/algorithm-identifier.ts'
import { oids } from '../../algorithms/oids.ts'
import { algorithmOf } from '../../algorithms/registry.ts'
import { cursor, expectTag, onlyChild, contentBytes } from '../../asn1/reader.ts'
import type { DerNode } from '../../asn1/reader.ts'
import { context, tag } from '../../asn1/tags.ts'
import { explicit, nullValue, oid, sequence } from '../../asn1/writer.ts'
import type { PlatformHash, RsaPadding } from '../../platform/types.ts'

/** How the key of the content is encrypted for one recipient: the ways of RSA, or SM2 encryption. */
export type TransportPadding = RsaPadding | { readonly kind: 'sm2' }

/** By the names of the tokens' contract. */
export const rsaPaddings = {
  'rsa-pkcs1': { kind: 'pkcs1' },
  'rsa-oaep-sha1': { kind: 'oaep', hash: 'sha1' },
  'rsa-oaep-sha256': { kind: 'oaep', hash: 'sha256' },
} as const satisfies Record<string, RsaPadding>
export type RsaKeyEncryption = keyof typeof rsaPaddings

/** RSAES-OAEP-params (RFC 4055 §4.1): what is SHA-1 is the default and left out. */
const oaepParameters = (hash: PlatformHash): Uint8Array => {
  if (hash === 'sha1') return sequence()
  const identifier = sequence(oid(oids[hash]), nullValue())
  return sequence(explicit(0, identifier), explicit(1, sequence(oid(oids.mgf1), identifier)))
}

export const encodeTransport = (padding: TransportPadding): Uint8Array => {
  // GB/T 33560: SM2-3, the encryption; gmsm and CFCA write no parameters.
  if (padding.kind === 'sm2') return sequence(oid(oids.sm2Encrypt))
  if (padding.kind === 'pkcs1') return sequence(oid(oids.rsaEncryption), nullValue())
  return sequence(oid(oids.rsaOaep), oaepParameters(padding.hash))
}

const hashOf = (node: DerNode | undefined) =>
  node === undefined ? 'sha1' : algorithmOf(readAlgorithmIdentifier(node).oid, 'hash')?.hash

/** undefined for a combination that no runtime offers: SM3, or a mask made with another hash. */
const readOaep = (parameters: DerNode | undefined): RsaPadding | undefined => {
  if (parameters === undefined) return { kind: 'oaep', hash: 'sha1' }
  const reader = cursor(expectTag(parameters, tag.sequence))
  const hashNode = reader.optional(context.constructed(0))
  const maskNode = reader.optional(context.constructed(1))
  const sourceNode = reader.optional(context.constructed(2))
  reader.finish()
  const hash = hashOf(hashNode && onlyChild(hashNode))
  const mask = maskNode && readAlgorithmIdentifier(onlyChild(maskNode))
  const source = sourceNode && readAlgorithmIdentifier(onlyChild(sourceNode))
  if (hash === undefined || hash === 'sm3' || hashOf(mask?.parameters) !== hash) return undefined
  if (mask !== undefined && mask.oid !== oids.mgf1) return undefined
  if (source === undefined) return { kind: 'oaep', hash }
  if (source.oid !== oids.pSpecified || source.parameters === undefined) return undefined
  return { kind: 'oaep', hash, label: contentBytes(expectTag(source.parameters, tag.octetString)) }
}

/** keyEncryptionAlgorithm of a KeyTransRecipientInfo, or undefined for one that is not supported. */
export const readTransport = ({ oid, parameters }: AlgorithmIdentifier): TransportPadding | undefined => {
  const padding = algorithmOf(oid, 'key-encryption')?.padding
  if (padding === 'rsa-pkcs1') return { kind: 'pkcs1' }
  if (padding === 'sm2') return { kind: 'sm2' }
  return padding === undefined ? undefined : readOaep(parameters)
}
