import { createHmac } from '#platform'

import { AppError } from '#contract/errors.ts'
import { readAlgorithmIdentifier } from '../algorithms/algorithm-identifier.ts'
import type { HashName } from '../algorithms/digest.ts'
import { algorithmOf } from '../algorithms/registry.ts'
import { Asn1Error } from '../asn1/error.ts'
import { cursor, expectTag } from '../asn1/reader.ts'
import { tag } from '../asn1/tags.ts'
import { secretsEqual } from '../bytes/encodings.ts'
import { createHmacSm3 } from '../gm/sm3.ts'
import { derivePkcs12, hashLength, noteWeaknesses, pbkdf2 } from './key-derivation.ts'
import type { WorkLimit } from './key-derivation.ts'
import { keyFileOids } from './oids.ts'
import { readPbkdf2 } from './password-encryption.ts'
import type { PasswordBytes } from './password-encryption.ts'
import type { MacData } from './pkcs12-structure.ts'

const hmac = (hash: HashName, key: Uint8Array, data: Uint8Array): Uint8Array =>
  (hash === 'sm3' ? createHmacSm3(key) : createHmac(hash, key)).update(data).digest()

const MAX_SALT = 1024

/** HMAC under a key of RFC 7292 appendix B, as MacData carries it. */
export const computeMac = async (
  { hash, salt, iterations }: { hash: HashName; salt: Uint8Array; iterations: number },
  password: PasswordBytes,
  data: Uint8Array,
  limit: WorkLimit,
): Promise<Uint8Array> => {
  const length = hashLength[hash]
  const key = await derivePkcs12('mac', { hash, password: password.bmp, salt, iterations, length }, limit)
  const value = hmac(hash, key, data)
  key.fill(0)
  return value
}

/** PBMAC1 (RFC 9579 §4, §5): its own salt and count, the length of the key required. */
const computePbmac1 = async (mac: MacData, password: PasswordBytes, data: Uint8Array, limit: WorkLimit) => {
  const { parameters } = mac.algorithm
  if (parameters === undefined) throw new Asn1Error('parameters_missing', 0)
  const reader = cursor(expectTag(parameters, tag.sequence))
  const { length, ...derivation } = readPbkdf2(readAlgorithmIdentifier(reader.next()))
  const scheme = readAlgorithmIdentifier(reader.next())
  reader.finish()
  const found = algorithmOf(scheme.oid, 'hmac')
  if (found === undefined) throw new AppError('key.unsupported', { reason: 'mac', oid: scheme.oid })
  // RFC 9579 §7: shorter keys than 20 octets are refused.
  if (length === null || length < 20 || length > 64) throw new Asn1Error('key_length', parameters.start)
  noteWeaknesses(limit, 'mac', derivation)
  if (found.hash === 'sha1') limit.weaknesses.add('mac_sha1')
  const key = await pbkdf2({ ...derivation, password: password.utf8, length }, limit)
  const value = hmac(found.hash, key, data)
  key.fill(0)
  return value
}

/** Whether this password made the MAC. @throws key.unsupported, Asn1Error */
export const isMacOf = async (
  mac: MacData,
  password: PasswordBytes,
  data: Uint8Array,
  limit: WorkLimit,
): Promise<boolean> => {
  if (mac.algorithm.oid === keyFileOids.pbmac1) {
    return secretsEqual(await computePbmac1(mac, password, data, limit), mac.value)
  }
  const found = algorithmOf(mac.algorithm.oid, 'hash')
  if (found === undefined) throw new AppError('key.unsupported', { reason: 'mac', oid: mac.algorithm.oid })
  const { salt, iterations } = mac
  if (iterations === 0 || salt.length > MAX_SALT) throw new Asn1Error('mac_parameters', 0)
  noteWeaknesses(limit, 'mac', { hash: found.hash, iterations })
  return secretsEqual(await computeMac({ hash: found.hash, salt, iterations }, password, data, limit), mac.value)
}
