import { AppError } from '#contract/errors.ts'
import { addModuloOrder, addPublicMultiple, isZero, multiplyModuloOrder, multiplyPoint, NUMBER } from './sm2-curve.ts'
import { deriveKey } from './sm2-encryption.ts'
import { checkPrivateKey, checkPublicKey, identityDigest, publicKeyOf } from './sm2-key.ts'
import type { Sm2PrivateKey, Sm2PublicKey } from './sm2-key.ts'
import { sm3 } from './sm3.ts'

export interface Sm2ExchangeParty {
  readonly publicKey: Sm2PublicKey
  /** Of this exchange alone. */
  readonly ephemeralKey: Sm2PublicKey
  readonly id?: Uint8Array
}

export interface Sm2ExchangeInput {
  /** Who began is A of the standard. */
  readonly role: 'initiator' | 'responder'
  readonly privateKey: Sm2PrivateKey
  readonly ephemeralPrivateKey: Sm2PrivateKey
  readonly id?: Uint8Array
  readonly peer: Sm2ExchangeParty
  /** Bytes of the common key. */
  readonly length: number
}

export interface Sm2ExchangeResult {
  readonly key: Uint8Array
  /** Of the responder for the initiator (S1 = SB), 32 bytes. */
  readonly responderCheck: Uint8Array
  /** Of the initiator for the responder (S2 = SA), 32 bytes. */
  readonly initiatorCheck: Uint8Array
}

/** x̄ = 2¹²⁷ + (x mod 2¹²⁷). */
const shortened = (point: Uint8Array): Uint8Array => {
  const short = new Uint8Array(NUMBER)
  short.set(point.subarray(16, NUMBER), 16)
  short[16] = (short[16] ?? 0) | 0x80
  return short
}

/**
 * Key exchange, GB/T 32918.3-2016 §6.2, with both key checks. Whoever got the other's check compares it before the key is
 * used. @throws key.decryption_failed when the common point is infinity (a hostile peer)
 */
export const exchangeSm2Key = (input: Sm2ExchangeInput): Sm2ExchangeResult => {
  const { role, peer, length } = input
  const privateKey = checkPrivateKey(input.privateKey)
  const ephemeralPrivateKey = checkPrivateKey(input.ephemeralPrivateKey)
  const [publicKey, ephemeralKey] = [publicKeyOf(privateKey), publicKeyOf(ephemeralPrivateKey)]
  const [peerKey, peerEphemeral] = [checkPublicKey(peer.publicKey), checkPublicKey(peer.ephemeralKey)]

  const t = addModuloOrder(privateKey, multiplyModuloOrder(shortened(ephemeralKey), ephemeralPrivateKey))
  const sum = addPublicMultiple(peerKey, shortened(peerEphemeral), peerEphemeral)
  if (isZero(sum) || isZero(t)) throw new AppError('key.decryption_failed')
  const common = multiplyPoint(t, sum)
  const [x, y] = [common.subarray(0, NUMBER), common.subarray(NUMBER)]

  const own = { z: identityDigest(publicKey, input.id), ephemeral: ephemeralKey }
  const other = { z: identityDigest(peerKey, peer.id), ephemeral: peerEphemeral }
  const [a, b] = role === 'initiator' ? [own, other] : [other, own]
  const key = deriveKey(length, x, y, a.z, b.z)
  const inner = sm3(x, a.z, b.z, a.ephemeral, b.ephemeral)
  const result = {
    key,
    responderCheck: sm3(Uint8Array.of(2), y, inner),
    initiatorCheck: sm3(Uint8Array.of(3), y, inner),
  }
  for (const secret of [t, common]) secret.fill(0)
  return result
}
