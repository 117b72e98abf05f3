import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  decryptSm4Ecb,
  createSm4CbcDecryptor,
  createSm4CbcEncryptor,
  createSm4Ctr,
  createSm4GcmEncryptor,
} from '#pki/gm/sm4.ts'
import type { Sm4Cipher } from '#pki/gm/sm4.ts'
import { generateSm2KeyPair } from '#pki/gm/sm2-key.ts'
import { signSm2Digest, verifySm2Digest } from '#pki/gm/sm2-signature.ts'
import { sm3 } from '#pki/gm/sm3.ts'
import { figure } from '../harness/figures.ts'
import type { Figure } from '../harness/figures.ts'
import { median } from '../harness/stats.ts'
import { peerFigures } from './peers.ts'
import { rateOf } from './rate.ts'

const ROUNDS = 5
const SECONDS = 1
const PIECE = randomBytes(1024 * 1024)

const openssl = (...args: readonly string[]): string =>
  execFileSync('openssl', ['speed', '-seconds', String(SECONDS), ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })

/** MB/s (10⁶ bytes) by the CPU time of its process, as `openssl speed` counts. */
const throughputOf = (algorithm: string, ...switches: readonly string[]): number => {
  const output = openssl('-bytes', '16384', ...switches, '-evp', algorithm)
  return Number(/([\d.]+)k\s*$/.exec(output.trimEnd())?.[1] ?? NaN) / 1000
}
const sm2OfOpenssl = (): { sign: number; verify: number } => {
  const [sign = NaN, verify = NaN] = (/SM2.*s\s+([\d.]+)\s+([\d.]+)\s*$/m.exec(openssl('sm2'))?.slice(1) ?? []).map(
    Number,
  )
  return { sign, verify }
}

interface Contest {
  readonly name: string
  readonly unit: string
  readonly ours: () => number
  readonly theirs: () => number
}

const key = randomBytes(16)
const iv = randomBytes(16)
const bulk =
  (run: () => void): (() => number) =>
  () =>
    (rateOf(run) * PIECE.length) / 1e6
const streamed = (make: () => Sm4Cipher): (() => number) => {
  const cipher = make()
  return bulk(() => void cipher.update(PIECE))
}

const contests = (): readonly Contest[] => {
  const { privateKey, publicKey } = generateSm2KeyPair()
  const digest = randomBytes(32)
  const signature = signSm2Digest(privateKey, digest)
  const sm2 = sm2OfOpenssl()
  const cipher = (name: string, ours: () => number, theirs: string, ...switches: readonly string[]): Contest => ({
    ...{ name: `gm: ${name}`, unit: 'MB/s', ours },
    theirs: () => throughputOf(theirs, ...switches),
  })
  return [
    cipher(
      'SM3',
      bulk(() => void sm3(PIECE)),
      'sm3',
    ),
    cipher(
      'SM4-ECB decryption',
      bulk(() => void decryptSm4Ecb(key, PIECE)),
      'sm4-ecb',
      '-decrypt',
    ),
    cipher(
      'SM4-CTR',
      streamed(() => createSm4Ctr(key, iv)),
      'sm4-ctr',
    ),
    cipher(
      'SM4-CBC encryption',
      streamed(() => createSm4CbcEncryptor(key, iv)),
      'sm4-cbc',
    ),
    cipher(
      'SM4-CBC decryption',
      streamed(() => createSm4CbcDecryptor(key, iv)),
      'sm4-cbc',
      '-decrypt',
    ),
    // OpenSSL 3.0 has no SM4-GCM: its CTR is what there is.
    cipher(
      'SM4-GCM encryption, against CTR',
      streamed(() => createSm4GcmEncryptor(key, iv)),
      'sm4-ctr',
    ),
    {
      name: 'gm: SM2 signature',
      unit: '1/s',
      ours: () => rateOf(() => void signSm2Digest(privateKey, digest)),
      theirs: () => sm2.sign,
    },
    {
      ...{ name: 'gm: SM2 verification', unit: '1/s', theirs: () => sm2.verify },
      ours: () => rateOf(() => void verifySm2Digest(publicKey, digest, signature)),
    },
  ]
}

/** SM2, SM3 and SM4 of pki/gm against `openssl speed`, in turn, both by CPU time, then the libraries that people would take instead; the ratio is ours ÷ theirs: more is better. */
export const gmPart = async (): Promise<Figure[]> => {
  const figures = contests().map(({ name, unit, ours, theirs }) => {
    const samples = { ours: [] as number[], theirs: [] as number[] }
    for (let round = 0; round < ROUNDS; round++) {
      samples.ours.push(ours())
      samples.theirs.push(theirs())
    }
    return figure(name, median(samples.ours), unit, { name: 'openssl speed', value: median(samples.theirs) })
  })
  return [...figures, ...(await peerFigures())]
}
