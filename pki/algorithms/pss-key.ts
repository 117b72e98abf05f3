import { cursor, encodedBytes, expectTag, readDer } from '../asn1/reader.ts'
import { tag } from '../asn1/tags.ts'
import { nullValue, oid, sequence } from '../asn1/writer.ts'
import { readAlgorithmIdentifier, readAnyScheme } from './algorithm-identifier.ts'
import { oids } from './oids.ts'
import type { SignatureScheme } from './signature-scheme.ts'

/**
 * Whether an RSA key may be used with a scheme (RFC 4055 §1.2, §3.1): one marked for PSS is for PSS alone, with the hash and the
 * mask of its parameters and at least their salt where it has any. @throws Asn1Error
 */
export const allowsScheme = (spki: Uint8Array, scheme: Pick<SignatureScheme, 'kind' | 'digest' | 'saltLength'>) => {
  const identifier = readAlgorithmIdentifier(cursor(expectTag(readDer(spki), tag.sequence)).next())
  if (identifier.oid !== oids.rsaPss) return true
  if (scheme.kind !== 'rsa-pss') return false
  if (identifier.parameters === undefined) return true
  const allowed = readAnyScheme(identifier)
  return allowed?.digest === scheme.digest && allowed.saltLength <= scheme.saltLength
}

/** AlgorithmIdentifier of rsaEncryption (RFC 3279 §2.3.1). */
export const rsaIdentifier = sequence(oid(oids.rsaEncryption), nullValue())

/** The key without the mark, as every runtime reads it: BoringSSL and WebCrypto know no other. */
export const plainRsaKey = (spki: Uint8Array): Uint8Array => {
  const reader = cursor(expectTag(readDer(spki), tag.sequence))
  return readAlgorithmIdentifier(reader.next()).oid === oids.rsaPss
    ? sequence(rsaIdentifier, encodedBytes(reader.next()))
    : spki
}
