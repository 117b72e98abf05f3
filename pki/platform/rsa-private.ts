import { cursor, expectTag } from '../asn1/reader.ts'
import { tag } from '../asn1/tags.ts'
import { readIntegerBytes } from '../asn1/values.ts'
import { pkcs1Block } from './pkcs1-padding.ts'
import { readRsaPrivateKey } from './pkcs8.ts'
import { power, toBytes, toNumber } from './rsa-public.ts'

/** Octets of the random multiples of p − 1 and q − 1. */
const EXPONENT_BLINDING = 16

const modulo = (value: bigint, modulus: bigint): bigint => ((value % modulus) + modulus) % modulus

/** Extended Euclid; null where there is none. */
const inverse = (value: bigint, modulus: bigint): bigint | null => {
  let [rest, next] = [modulus, modulo(value, modulus)]
  let [before, factor] = [0n, 1n]
  while (next !== 0n) {
    const quotient = rest / next
    ;[rest, next] = [next, rest - quotient * next]
    ;[before, factor] = [factor, before - quotient * factor]
  }
  return rest === 1n ? modulo(before, modulus) : null
}

/**
 * RSASSA-PKCS1-v1_5 (RFC 8017 §8.2.1) over a DigestInfo, for runtimes that hash by themselves before they sign. Numbers of the
 * language take the time they take, so base and exponents are blinded anew for each signature (Kocher 1996, §10); and what does
 * not open to its own encoding never leaves (a fault in one half gives away the primes). @throws TypeError, Asn1Error
 */
export const signRsaDigestInfo = (
  pkcs8: Uint8Array,
  digestInfo: Uint8Array,
  randomOf: (length: number) => Uint8Array,
): Uint8Array => {
  const reader = cursor(expectTag(readRsaPrivateKey(pkcs8), tag.sequence))
  const next = (): bigint => toNumber(readIntegerBytes(reader.next(tag.integer)))
  next()
  const [n, e, , p, q, dp, dq, qInverse] = [next(), next(), next(), next(), next(), next(), next(), next()]
  const length = Math.ceil(n.toString(2).length / 8)
  const encoded = toNumber(pkcs1Block(digestInfo, length))
  const mask = toNumber(randomOf(length)) % n
  const unmask = inverse(mask, n)
  if (unmask === null) throw new TypeError('no RSA key that can be used')
  const blinded = (encoded * power(mask, e, n)) % n
  const half = (exponent: bigint, prime: bigint): bigint =>
    power(blinded, exponent + toNumber(randomOf(EXPONENT_BLINDING)) * (prime - 1n), prime)
  const [atP, atQ] = [half(dp, p), half(dq, q)]
  const signature = ((atQ + q * modulo(qInverse * (atP - atQ), p)) * unmask) % n
  if (power(signature, e, n) !== encoded) throw new TypeError('no RSA key that can be used')
  return toBytes(signature, length)
}
