import { readFileSync } from 'node:fs'
import path from 'node:path'
import { gunzipSync } from 'node:zlib'

import { describe, expect, it } from 'vitest'

import { oids } from '../algorithms/oids.ts'
import { octetString, oid, sequence, smallInteger } from '../asn1/writer.ts'
import { concat } from '../bytes/concat.ts'
import { fromHex, toHex } from '../bytes/encodings.ts'
import * as browser from './browser.ts'
import * as node from './node.ts'
import type { Platform, PlatformCipher, PlatformHash, PlatformScheme } from './types.ts'

type Vector = Record<string, string> & { tcId: number; result: 'valid' | 'invalid' | 'acceptable'; flags: string[] }
interface Group {
  tests: Vector[]
  keyDer: string
  privateKeyPkcs8: string
  keySize: number
  ivSize: number
  tagSize: number
  sLen: number
  curve: string
}

const read = (name: string): Group[] => {
  const file = path.join(import.meta.dirname, '../testdata/wycheproof', `${name}.json.gz`)
  return (JSON.parse(gunzipSync(readFileSync(file)).toString()) as { testGroups: Group[] }).testGroups
}

const cases = (name: string): [Group, Vector][] =>
  read(name).flatMap((group) => group.tests.map((vector): [Group, Vector] => [group, vector]))

/** Hex digits of the longest IV that runtimes take. */
const MAX_IV = 256

/** Vectors that are answered in another way than they say; `acceptable` ones may be answered either way. */
const wrong = async (
  name: string,
  answer: (group: Group, vector: Vector) => boolean | Promise<boolean>,
): Promise<string[]> => {
  const found: string[] = []
  for (const [group, vector] of cases(name)) {
    if (vector.result === 'acceptable' || (vector.iv?.length ?? 0) > MAX_IV) continue
    const isAccepted = await answer(group, vector)
    if (isAccepted !== (vector.result === 'valid')) found.push(`${vector.tcId} ${vector.comment ?? ''}`)
  }
  return found
}

/** True when the work gives the expected bytes, false when it fails or gives others. */
const gives = async (expected: string, work: () => Uint8Array | Promise<Uint8Array>): Promise<boolean> => {
  try {
    return toHex(await work()) === expected
  } catch {
    return false
  }
}

const curveOids: Record<string, string> = { 'P-256': oids.p256, 'P-384': oids.p384, 'P-521': oids.p521 }

const pkcs8Of = (curve: string, scalar: Uint8Array): Uint8Array =>
  sequence(
    smallInteger(0),
    sequence(oid(oids.ecPublicKey), oid(curveOids[curve]!)),
    octetString(sequence(smallInteger(1), octetString(scalar))),
  )

const platforms: Record<string, Platform> = { node, browser }

describe.each(Object.entries(platforms))('Wycheproof on %s', (runtime, platform) => {
  it.each([
    ['rsa_signature_2048_sha256', 'rsa-pkcs1', 'sha256'],
    ['rsa_signature_3072_sha384', 'rsa-pkcs1', 'sha384'],
    ['rsa_pss_2048_sha256_mgf1_32', 'rsa-pss', 'sha256'],
    ['ecdsa_secp256r1_sha256', 'ecdsa', 'sha256'],
    ['ecdsa_secp384r1_sha384', 'ecdsa', 'sha384'],
    ['ecdsa_secp521r1_sha512', 'ecdsa', 'sha512'],
  ] as [string, PlatformScheme['kind'], PlatformHash][])('%s', async (name, kind, digest) => {
    expect(
      await wrong(name, ({ keyDer, sLen }, { msg, sig }) =>
        platform.verifyWithKey(fromHex(keyDer), { kind, digest, saltLength: sLen }, fromHex(msg!), fromHex(sig!)),
      ),
    ).toEqual([])
  })

  it.each(['ecdh_secp256r1', 'ecdh_secp384r1', 'ecdh_secp521r1'])('%s', async (name) => {
    const algorithm = { ecdh_secp256r1: 'P-256', ecdh_secp384r1: 'P-384', ecdh_secp521r1: 'P-521' }[name]!
    const size = { 'P-256': 32, 'P-384': 48, 'P-521': 66 }[algorithm]!
    const problems = await wrong(name, (_, vector) =>
      gives(vector.shared!, async () => {
        const scalar = fromHex(vector.private!.padStart(2 * size, '0').slice(-2 * size))
        return platform.agree(pkcs8Of(algorithm, scalar), fromHex(vector.public!))
      }),
    )
    expect(problems).toEqual([])
  })

  it('aes_cbc_pkcs5', async () => {
    const problems = await wrong('aes_cbc_pkcs5', ({ keySize }, { key, iv, ct, msg }) =>
      gives(msg!, () => {
        const cipher = platform.createDecryptor(`aes-${keySize}-cbc` as PlatformCipher, fromHex(key!), fromHex(iv!))
        return concat(cipher.update(fromHex(ct!)), cipher.finish())
      }),
    )
    expect(problems).toEqual([])
  })

  it('aes_gcm', async () => {
    const problems = await wrong('aes_gcm', ({ keySize, tagSize }, { key, iv, ct, msg, aad, tag }) =>
      gives(msg!, () => {
        const options = { aad: fromHex(aad!), tagLength: tagSize / 8 }
        const name = `aes-${keySize}-gcm` as PlatformCipher
        const cipher = platform.createDecryptor(name, fromHex(key!), fromHex(iv!), options)
        const plain = concat(cipher.update(fromHex(ct!)), cipher.finish(fromHex(tag!)))
        const again = platform.createEncryptor(name, fromHex(key!), fromHex(iv!), options)
        const [head, tail] = [plain.subarray(0, 5), plain.subarray(5)]
        const encrypted = concat(again.update(head), again.update(tail), again.finish())
        expect([toHex(encrypted), toHex(again.tag())]).toEqual([ct, tag])
        return plain
      }),
    )
    expect(problems).toEqual([])
  })

  it('kw', async () => {
    const problems = await wrong('kw', (_, { key, msg, ct }) =>
      gives(msg!, () => {
        const plain = platform.unwrapAesKey(fromHex(key!), fromHex(ct!))
        expect(toHex(platform.wrapAesKey(fromHex(key!), plain))).toBe(ct)
        return plain
      }),
    )
    expect(problems).toEqual([])
  })

  it('hmac_sha256', async () => {
    const problems = await wrong('hmac_sha256', ({ tagSize }, { key, msg, tag }) =>
      gives(tag!, () =>
        platform
          .createHmac('sha256', fromHex(key!))
          .update(fromHex(msg!))
          .digest()
          .subarray(0, tagSize / 8),
      ),
    )
    expect(problems).toEqual([])
  })

  it.each([
    ['rsa_oaep_2048_sha1_mgf1sha1', 'sha1'],
    ['rsa_oaep_2048_sha256_mgf1sha256', 'sha256'],
  ] as const)('%s', async (name, hash) => {
    const problems = await wrong(name, ({ privateKeyPkcs8 }, { msg, ct, label }) =>
      gives(msg!, () =>
        platform.rsaDecrypt(fromHex(privateKeyPkcs8), { kind: 'oaep', hash, label: fromHex(label!) }, fromHex(ct!)),
      ),
    )
    expect(problems).toEqual([])
  })

  it.runIf(runtime === 'node')(
    'rsa_pkcs1_2048: nothing valid is refused, nothing invalid gives its message',
    async () => {
      const problems = await wrong('rsa_pkcs1_2048', ({ privateKeyPkcs8 }, { msg, ct }) =>
        gives(msg!, () => platform.rsaDecrypt(fromHex(privateKeyPkcs8), { kind: 'pkcs1' }, fromHex(ct!))),
      )
      expect(problems).toEqual([])
    },
  )
})
