import { randomBytes } from 'node:crypto'
import { createRequire } from 'node:module'

import { SM3 as gmSm3, SM4 as gmSm4 } from 'gm-crypto'
import { createSM3 } from 'hash-wasm'
import { sm2 as sm2V2, sm3 as sm3V2, sm4 as sm4V2 } from 'sm-crypto-v2'

import { concat } from '#pki/bytes/concat.ts'
import { toHex } from '#pki/bytes/encodings.ts'
import { createSm4CbcEncryptor } from '#pki/gm/sm4.ts'
import { generateSm2KeyPair } from '#pki/gm/sm2-key.ts'
import { createMessageDigest, signSm2Digest, verifySm2Digest } from '#pki/gm/sm2-signature.ts'
import { sm3 } from '#pki/gm/sm3.ts'
import { figure } from '../harness/figures.ts'
import type { Figure } from '../harness/figures.ts'
import { median } from '../harness/stats.ts'
import { rateOf } from './rate.ts'

/** sm-crypto has no types of its own. */
interface SmCrypto {
  sm2: {
    doSignature(message: readonly number[], privateKey: string, options: { hash: true; publicKey: string }): string
    doVerifySignature(
      message: readonly number[],
      signature: string,
      publicKey: string,
      options: { hash: true },
    ): boolean
  }
  sm3(bytes: Uint8Array): string
  sm4: { encrypt(bytes: Uint8Array, key: string, options: object): number[] }
}
const smCrypto = createRequire(import.meta.url)('sm-crypto') as SmCrypto

const ROUNDS = 3
const SECONDS = 0.5

type Contenders = Readonly<Record<string, () => unknown>>

/** Each in turn, and first that all of them answer the same. */
const contest = (
  name: string,
  unit: string,
  size: number,
  ours: () => unknown,
  theirs: Contenders,
  text: (answer: unknown) => string,
): Figure[] => {
  const expected = text(ours())
  const samples = new Map<string, number[]>([['ours', []]])
  for (const [peer, run] of Object.entries(theirs)) {
    if (text(run()) !== expected) throw new Error(`${peer} gives something else for ${name}`)
    samples.set(peer, [])
  }
  for (let round = 0; round < ROUNDS; round++) {
    for (const [peer, list] of samples) list.push(rateOf((peer === 'ours' ? ours : theirs[peer])!, SECONDS) * size)
  }
  const value = median(samples.get('ours')!)
  return Object.keys(theirs).map((peer) =>
    figure(`gm: ${name}`, value, unit, { name: peer, value: median(samples.get(peer)!) }),
  )
}

const asHex = (answer: unknown): string =>
  (typeof answer === 'string'
    ? answer
    : toHex(answer instanceof Uint8Array ? answer : Uint8Array.from(answer as number[]))
  ).toLowerCase()

const digests = async (name: string, bytes: Uint8Array, unit: string, size: number): Promise<Figure[]> => {
  const wasm = await createSM3()
  const buffer = Buffer.from(bytes)
  return contest(
    name,
    unit,
    size,
    () => sm3(bytes),
    {
      'hash-wasm': () => wasm.init().update(bytes).digest('binary'),
      'sm-crypto': () => smCrypto.sm3(bytes),
      'sm-crypto-v2': () => sm3V2(bytes),
      'gm-crypto': () => gmSm3.digest(buffer, 'utf8', 'hex'),
    },
    asHex,
  )
}

const encryptions = (): Figure[] => {
  const bytes = randomBytes(256 * 1024)
  const [key, iv] = [randomBytes(16), randomBytes(16)]
  const [keyHex, ivHex] = [toHex(key), toHex(iv)]
  return contest(
    'SM4-CBC encryption, 256 KiB',
    'MB/s',
    bytes.length / 1e6,
    () => {
      const cipher = createSm4CbcEncryptor(key, iv)
      return concat(cipher.update(bytes), cipher.finish())
    },
    {
      'sm-crypto': () => smCrypto.sm4.encrypt(bytes, keyHex, { mode: 'cbc', iv: ivHex, output: 'array' }),
      'sm-crypto-v2': () => sm4V2.encrypt(bytes, keyHex, { mode: 'cbc', iv: ivHex, output: 'array' }),
      'gm-crypto': () =>
        new Uint8Array(
          gmSm4.encrypt(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length), keyHex, {
            mode: gmSm4.constants.CBC,
            iv: ivHex,
          }),
        ),
    },
    asHex,
  )
}

const signatures = (): Figure[] => {
  const { privateKey, publicKey } = generateSm2KeyPair()
  const [keyHex, pointHex] = [toHex(privateKey), `04${toHex(publicKey)}`]
  const message = randomBytes(64)
  const list = [...message]
  const digestOf = (): Uint8Array => createMessageDigest(publicKey).update(message).digest()
  const signature = signSm2Digest(privateKey, digestOf())
  const hex = toHex(signature)
  const precomputed = sm2V2.precomputePublicKey(pointHex)
  const isValid = (answer: unknown): string =>
    String(
      answer instanceof Uint8Array
        ? verifySm2Digest(publicKey, digestOf(), answer)
        : sm2V2.doVerifySignature(message, String(answer), pointHex, { hash: true }),
    )
  return [
    ...contest(
      'SM2 signature of 64 bytes',
      '1/s',
      1,
      () => signSm2Digest(privateKey, digestOf()),
      {
        'sm-crypto': () => smCrypto.sm2.doSignature(list, keyHex, { hash: true, publicKey: pointHex }),
        'sm-crypto-v2': () => sm2V2.doSignature(message, keyHex, { hash: true, publicKey: pointHex }),
      },
      isValid,
    ),
    ...contest(
      'SM2 verification of 64 bytes',
      '1/s',
      1,
      () => verifySm2Digest(publicKey, digestOf(), signature),
      {
        'sm-crypto': () => smCrypto.sm2.doVerifySignature(list, hex, pointHex, { hash: true }),
        'sm-crypto-v2': () => sm2V2.doVerifySignature(message, hex, precomputed, { hash: true }),
      },
      String,
    ),
  ]
}

/** Against the libraries that people would take instead. */
export const peerFigures = async (): Promise<Figure[]> => [
  ...(await digests('SM3 of 1 MiB', randomBytes(1024 * 1024), 'MB/s', 1.048576)),
  ...(await digests('SM3 of 64 bytes', randomBytes(64), '1/s', 1)),
  ...encryptions(),
  ...signatures(),
]
