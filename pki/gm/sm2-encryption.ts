import { AppError } from '#contract/errors.ts'
import { cursor, contentBytes, expectTag, readDer } from '../asn1/reader.ts'
import { tag } from '../asn1/tags.ts'
import { readIntegerBytes } from '../asn1/values.ts'
import { octetString, sequence, unsignedInteger } from '../asn1/writer.ts'
import { concat } from '../bytes/concat.ts'
import { isPoint, isZero, multiplyBase, multiplyPoint, NUMBER, POINT, randomScalar } from './sm2-curve.ts'
import { checkPrivateKey, checkPublicKey } from './sm2-key.ts'
import type { Sm2PrivateKey, Sm2PublicKey } from './sm2-key.ts'
import { createSm3, sm3 } from './sm3.ts'

/**
 * How an SM2 ciphertext is laid out: `der` is SM2Cipher of GB/T 35276-2017 §7.2; the others are bare, with C1 as 04‖x‖y, or
 * without its 04 (`-bare`). C1C2C3 is the order of the text of 2010.
 */
export type Sm2CipherLayout = 'der' | 'c1c3c2' | 'c1c2c3' | 'c1c3c2-bare' | 'c1c2c3-bare'

interface Sm2Parts {
  /** x‖y. */
  readonly c1: Uint8Array
  readonly c2: Uint8Array
  /** 32 bytes. */
  readonly c3: Uint8Array
}

/** KDF of GB/T 32918.3 §5.4.3: SM3(Z‖1), SM3(Z‖2), … */
export const deriveKey = (length: number, ...z: readonly Uint8Array[]): Uint8Array => {
  const begun = createSm3()
  for (const part of z) begun.update(part)
  const key = new Uint8Array(length)
  const counter = new Uint8Array(4)
  for (let block = 0; block * NUMBER < length; block++) {
    new DataView(counter.buffer).setUint32(0, block + 1)
    const digest = begun.clone().update(counter).digest()
    key.set(digest.subarray(0, length - block * NUMBER), block * NUMBER)
  }
  begun.digest()
  return key
}

const applyMask = (bytes: Uint8Array, mask: Uint8Array): Uint8Array =>
  bytes.map((byte, index) => byte ^ (mask[index] ?? 0))

/** For published examples. Null when this nonce gives no ciphertext. */
export const encryptWithNonce = (publicKey: Sm2PublicKey, message: Uint8Array, nonce: Uint8Array): Sm2Parts | null => {
  const c1 = multiplyBase(nonce)
  const shared = multiplyPoint(nonce, publicKey)
  const [x, y] = [shared.subarray(0, NUMBER), shared.subarray(NUMBER)]
  const mask = deriveKey(message.length, x, y)
  const isUsable = !isZero(mask)
  const parts = { c1, c2: applyMask(new Uint8Array(message), mask), c3: sm3(x, message, y) }
  shared.fill(0)
  mask.fill(0)
  return isUsable ? parts : null
}

const lay = ({ c1, c2, c3 }: Sm2Parts, layout: Sm2CipherLayout): Uint8Array => {
  if (layout === 'der') {
    return sequence(
      unsignedInteger(c1.subarray(0, NUMBER)),
      unsignedInteger(c1.subarray(NUMBER)),
      octetString(c3),
      octetString(c2),
    )
  }
  const first = layout.endsWith('-bare') ? c1 : concat(Uint8Array.of(4), c1)
  return layout.startsWith('c1c3c2') ? concat(first, c3, c2) : concat(first, c2, c3)
}

/** GB/T 32918.4-2016 §6.1. The message is at least one byte: with none there would be nothing to hide. */
export const encryptSm2 = (
  publicKey: Sm2PublicKey,
  message: Uint8Array,
  layout: Sm2CipherLayout = 'der',
): Uint8Array => {
  const point = checkPublicKey(publicKey)
  if (message.length === 0) throw new TypeError('SM2 encrypts at least one byte')
  for (;;) {
    const nonce = randomScalar()
    const parts = encryptWithNonce(point, message, nonce)
    nonce.fill(0)
    if (parts !== null) return lay(parts, layout)
  }
}

const toNumber = (bytes: Uint8Array): Uint8Array => {
  const significant = bytes.length > NUMBER && bytes[0] === 0 ? bytes.subarray(bytes.length - NUMBER) : bytes
  const number = new Uint8Array(NUMBER)
  if (significant.length <= NUMBER) number.set(significant, NUMBER - significant.length)
  return number
}

const readCipher = (ciphertext: Uint8Array): Sm2Parts => {
  const reader = cursor(expectTag(readDer(ciphertext), tag.sequence))
  const [x, y] = [readIntegerBytes(reader.next(tag.integer)), readIntegerBytes(reader.next(tag.integer))]
  const c3 = contentBytes(reader.next(tag.octetString))
  const c2 = contentBytes(reader.next(tag.octetString))
  reader.finish()
  return { c1: concat(toNumber(x), toNumber(y)), c2, c3 }
}

const split = (body: Uint8Array, order: 'c1c3c2' | 'c1c2c3'): Sm2Parts => {
  const c1 = body.subarray(0, POINT)
  const rest = body.subarray(POINT)
  return order === 'c1c3c2'
    ? { c1, c3: rest.subarray(0, NUMBER), c2: rest.subarray(NUMBER) }
    : { c1, c2: rest.subarray(0, -NUMBER), c3: rest.subarray(-NUMBER) }
}

/** What the bytes may be; C3 tells which of them they are. */
const candidates = (ciphertext: Uint8Array): Sm2Parts[] => {
  const found: Sm2Parts[] = []
  if (ciphertext[0] === 0x30) {
    try {
      found.push(readCipher(ciphertext))
    } catch {
      // Not DER: x may begin with 30 in a layout without 04.
      found.length = 0
    }
  }
  const bodies = ciphertext[0] === 4 ? [ciphertext.subarray(1), ciphertext] : [ciphertext]
  for (const body of bodies) {
    if (body.length > POINT + NUMBER) found.push(split(body, 'c1c3c2'), split(body, 'c1c2c3'))
  }
  return found.filter(({ c1, c2, c3 }) => c2.length > 0 && c3.length === NUMBER && isPoint(c1))
}

const open = (privateKey: Sm2PrivateKey, { c1, c2, c3 }: Sm2Parts): Uint8Array | null => {
  const shared = multiplyPoint(privateKey, c1)
  const [x, y] = [shared.subarray(0, NUMBER), shared.subarray(NUMBER)]
  const mask = deriveKey(c2.length, x, y)
  const message = applyMask(new Uint8Array(c2), mask)
  const actual = sm3(x, message, y)
  const difference = c3.reduce((sum, byte, index) => sum | (byte ^ (actual[index] ?? 0)), 0)
  const isRight = difference === 0 && !isZero(mask)
  shared.fill(0)
  mask.fill(0)
  if (isRight) return message
  message.fill(0)
  return null
}

/** Any layout: the check value tells which. @throws key.decryption_failed, without saying why (R11) */
export const decryptSm2 = (privateKey: Sm2PrivateKey, ciphertext: Uint8Array): Uint8Array => {
  checkPrivateKey(privateKey)
  for (const parts of candidates(ciphertext)) {
    const message = open(privateKey, parts)
    if (message !== null) return message
  }
  throw new AppError('key.decryption_failed')
}
