import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from 'vitest'

import { oids } from '../algorithms/oids.ts'
import { verifySignature } from '../algorithms/public-key.ts'
import { schemeOf } from '../algorithms/signature-scheme.ts'
import { children, contentBytes, encodedBytes, readDer } from '../asn1/reader.ts'
import type { DerNode } from '../asn1/reader.ts'
import { encode, explicit, octetString, oid, sequence, smallInteger, nullValue, bitString } from '../asn1/writer.ts'
import { fromHex, fromUtf8, toHex } from '../bytes/encodings.ts'
import { encryptSm2 } from '../gm/sm2-encryption.ts'
import { readPrivateKey, writePrivateKey } from './key-file.ts'
import { readPem } from './pem.ts'
import { generatePrivateKey, openPrivateKey } from './private-key.ts'
import type { PrivateKey } from './private-key.ts'

const message = fromUtf8('message digest')
/** GB/T 32918.5 annex A. */
const d = fromHex('3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8')
const x = '09f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020'
const y = 'ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13'
const point = fromHex(`04${x}${y}`)
const codeOf = async (run: () => unknown): Promise<unknown> => {
  try {
    await run()
    return 'no error'
  } catch (error) {
    const { code, details } = error as { code: string; details: { reason?: string } }
    return details.reason === undefined ? code : `${code} ${details.reason}`
  }
}

const inner = (...rest: Uint8Array[]) => sequence(smallInteger(1), octetString(d), ...rest)
const wrapped = (algorithm: Uint8Array, secret: Uint8Array, ...rest: Uint8Array[]) =>
  sequence(smallInteger(0), algorithm, octetString(secret), ...rest)
const sm2Algorithm = sequence(oid(oids.ecPublicKey), oid(oids.sm2))
const withCurve = explicit(0, oid(oids.sm2))
const withPoint = explicit(1, bitString(point))

describe('SM2 keys as they are met', () => {
  test.each<[string, Uint8Array]>([
    ['PKCS#8 with curve and point inside', wrapped(sm2Algorithm, inner(withCurve, withPoint))],
    ['PKCS#8 with the point inside', wrapped(sm2Algorithm, inner(withPoint))],
    ['PKCS#8 with neither', wrapped(sm2Algorithm, inner())],
    ['PKCS#8 with attributes', wrapped(sm2Algorithm, inner(), encode(0xa0))],
    ['PKCS#8 with the curve only inside', wrapped(sequence(oid(oids.ecPublicKey), nullValue()), inner(withCurve))],
    ['PKCS#8 under the OID of SM2', wrapped(sequence(oid(oids.sm2)), inner())],
    ['PKCS#8 with the bare number', wrapped(sm2Algorithm, octetString(d))],
    ['PKCS#8 with the number as INTEGER', wrapped(sm2Algorithm, encode(2, d))],
    ['PKCS#8 with a compressed point', wrapped(sm2Algorithm, inner(explicit(1, bitString(fromHex(`02${x}`)))))],
    ['ECPrivateKey', inner(withCurve, withPoint)],
    ['a number with a zero in front', wrapped(sm2Algorithm, sequence(smallInteger(1), encode(4, Uint8Array.of(0), d)))],
  ])('ok/%s', async (_name, der) => {
    const key = openPrivateKey(der)
    expect(key.kind).toBe('sm2')
    expect(key.spki).toEqual(sequence(sm2Algorithm, bitString(point)))
    expect(key.pkcs8()).toEqual(wrapped(sm2Algorithm, inner(withPoint)))
  })

  test('ok/a number without its leading zeros is padded', () => {
    const short = encode(4, Uint8Array.of(7))
    const key = openPrivateKey(wrapped(sm2Algorithm, sequence(smallInteger(1), short)))
    expect(toHex(key.pkcs8())).toContain(`0420${'00'.repeat(31)}07`)
  })

  test.each<[string, Uint8Array]>([
    ['key.malformed truncated', wrapped(sm2Algorithm, inner()).subarray(0, 40)],
    ['key.malformed curve_missing', inner()],
    ['key.malformed curves_differ', wrapped(sm2Algorithm, inner(explicit(0, oid(oids.p256))))],
    ['key.malformed curve_not_named', wrapped(sequence(oid(oids.ecPublicKey), sequence()), inner())],
    ['key.malformed secret_range', wrapped(sm2Algorithm, octetString(new Uint8Array(32).fill(0xff)))],
    ['key.malformed secret_length', wrapped(sm2Algorithm, octetString(new Uint8Array(32)))],
    ['key.malformed secret_length', wrapped(sm2Algorithm, octetString(new Uint8Array(33).fill(1)))],
    ['key.malformed point_form', wrapped(sm2Algorithm, inner(explicit(1, bitString(point.subarray(1)))))],
    ['key.unsupported curve', wrapped(sequence(oid(oids.ecPublicKey), oid('1.3.132.0.10')), inner())],
    ['key.unsupported algorithm', wrapped(sequence(oid(oids.dsa)), inner())],
    ['key.mismatch', wrapped(sm2Algorithm, inner(explicit(1, bitString(point.map((byte, at) => byte ^ at)))))],
  ])('fail/%s', async (code, der) => expect(await codeOf(() => openPrivateKey(der))).toBe(code))
})

describe('keys of the runtime', () => {
  const pairs = {
    rsa: generateKeyPairSync('rsa', { modulusLength: 2048 }),
    pss: generateKeyPairSync('rsa-pss', { modulusLength: 2048 }),
    p256: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
    p384: generateKeyPairSync('ec', { namedCurve: 'P-384' }),
    p521: generateKeyPairSync('ec', { namedCurve: 'P-521' }),
  }
  test.each([
    ['rsa', 'pkcs8'],
    ['rsa', 'pkcs1'],
    ['pss', 'pkcs8'],
    ['p256', 'pkcs8'],
    ['p256', 'sec1'],
    ['p384', 'pkcs8'],
    ['p384', 'sec1'],
    ['p521', 'pkcs8'],
    ['p521', 'sec1'],
  ] as const)('ok/%s as %s', async (name, type) => {
    const { privateKey, publicKey } = pairs[name]
    const key = await readPrivateKey(Buffer.from(privateKey.export({ type, format: 'pem' })))
    expect(Buffer.from(key.spki)).toEqual(publicKey.export({ type: 'spki', format: 'der' }))
    const again = createPrivateKey({ key: Buffer.from(key.pkcs8()), format: 'der', type: 'pkcs8' })
    expect(again.equals(privateKey)).toBe(true)
  })

  test('ok/a key on a curve without its public key, as Java writes it', () => {
    const { privateKey, publicKey } = pairs.p384
    const { d: number = '' } = privateKey.export({ format: 'jwk' })
    const bare = sequence(smallInteger(1), octetString(Buffer.from(number, 'base64url')))
    const key = openPrivateKey(wrapped(sequence(oid(oids.ecPublicKey), oid(oids.p384)), bare))
    expect(Buffer.from(key.spki)).toEqual(publicKey.export({ type: 'spki', format: 'der' }))
  })

  test('fail/a public key of another', async () => {
    const der = pairs.p256.privateKey.export({ type: 'pkcs8', format: 'der' })
    der[der.length - 1] = (der.at(-1) ?? 0) ^ 1
    expect(await codeOf(() => openPrivateKey(der))).toMatch(/^key\.(mismatch|malformed secret_range)$/)
  })

  test.each([
    ['rsa-2048', 'rsa-pkcs1-sha256'],
    ['rsa-2048', 'rsa-pss-sha512'],
    ['P-256', 'ecdsa-sha256'],
    ['P-521', 'ecdsa-sha512'],
    ['SM2', 'sm2-sm3'],
  ] as const)('ok/%s signs with %s', async (kind, algorithm) => {
    const key = await generatePrivateKey(kind)
    const signature = await key.sign(algorithm, message)
    expect(verifySignature(key.spki, schemeOf(algorithm), message, signature)).toBe(true)
    expect(await codeOf(() => key.sign(kind === 'SM2' ? 'ecdsa-sha256' : 'sm2-sm3', message))).toBe(
      'key.mechanism_unsupported',
    )
    key.erase()
    await expect(key.sign(algorithm, message)).rejects.toThrow('erased')
    expect(() => key.pkcs8()).toThrow('erased')
  })

  test('ok/decrypting and agreeing', async () => {
    const { publicEncrypt } = await import('node:crypto')
    const rsa = await generatePrivateKey('rsa-2048')
    const rsaPublic = createPublicKey({ key: Buffer.from(rsa.spki), format: 'der', type: 'spki' })
    const sealed = publicEncrypt({ key: rsaPublic, oaepHash: 'sha256' }, message)
    expect(toHex(await rsa.decrypt({ kind: 'oaep', hash: 'sha256' }, sealed))).toBe(toHex(message))
    const sm2 = openPrivateKey(inner(withCurve))
    expect(toHex(await sm2.decrypt('sm2', encryptSm2(point, message)))).toBe(toHex(message))
    const [a, b] = await Promise.all([generatePrivateKey('P-256'), generatePrivateKey('P-256')])
    expect(await a.agree(b.spki)).toEqual(await b.agree(a.spki))
    const refused: [PrivateKey, () => Promise<unknown>][] = [
      [rsa, () => rsa.decrypt('sm2', sealed)],
      [rsa, () => rsa.agree(a.spki)],
      [a, () => a.decrypt({ kind: 'pkcs1' }, sealed)],
      [sm2, () => sm2.agree(a.spki)],
      [sm2, () => sm2.decrypt({ kind: 'pkcs1' }, sealed)],
    ]
    for (const [, run] of refused) expect(await codeOf(run)).toBe('key.mechanism_unsupported')
  })
})

describe('key files', () => {
  test.each([
    ['SM2', 'sm4'],
    ['SM2', 'aes'],
    ['P-256', 'aes'],
    ['rsa-2048', 'sm4'],
  ] as const)('ok/%s under %s comes back with its password alone', async (kind, protection) => {
    const key = await generatePrivateKey(kind)
    const file = await writePrivateKey(key, '密码 pass', protection)
    expect((await readPrivateKey(file, '密码 pass')).spki).toEqual(key.spki)
    for (const wrong of ['', '密码 pasS', undefined]) {
      expect(await codeOf(() => readPrivateKey(file, wrong))).toBe('key.password_wrong')
    }
  })

  test.each([
    [
      '2a864886f70d01050d',
      '2a811ccf5506010401 0502',
      '2a864886f70d01050c',
      '2a811ccf5506010401 0501',
      '2a811ccf5501831102',
      '2a811ccf550183110301',
    ],
    [
      '2a864886f70d01050d',
      '2a811ccf55060401 0502',
      '2a864886f70d01050c',
      '2a811ccf55060401 0501',
      '2a811ccf5501831102',
      '2a811ccf55018311',
    ],
  ])('ok/under the identifiers of GM/T 0091: %s as %s', async (...replacements) => {
    const key = await generatePrivateKey('SM2')
    const [block] = readPem(await writePrivateKey(key, 'x', 'sm4'), 'key.malformed')
    const rename = (node: DerNode): Uint8Array => {
      if ((node.tag & 0x20) !== 0) return encode(node.tag, ...children(node).map(rename))
      const at = node.tag === 6 ? replacements.indexOf(toHex(contentBytes(node))) : -1
      return at < 0 ? encodedBytes(node) : encode(6, fromHex((replacements[at + 1] ?? '').replaceAll(' ', '')))
    }
    const renamed = rename(readDer(block!.der))
    expect(toHex(renamed)).not.toBe(toHex(block!.der))
    expect((await readPrivateKey(renamed, 'x')).spki).toEqual(key.spki)
  })

  test('ok/in the clear, and among other blocks', async () => {
    const key = await generatePrivateKey('SM2')
    const text = Buffer.from(await writePrivateKey(key)).toString()
    const parameters = '-----BEGIN EC PARAMETERS-----\nBggqgRzPVQGCLQ==\n-----END EC PARAMETERS-----\n'
    expect((await readPrivateKey(Buffer.from(`note\n${parameters}${text}end`))).spki).toEqual(key.spki)
    expect((await readPrivateKey(Buffer.from(text.replaceAll(/-----.*-----/g, '')))).spki).toEqual(key.spki)
  })

  const block = (label: string, body: string, end = label) =>
    Buffer.from(`-----BEGIN ${label}-----\n${body}\n-----END ${end}-----\n`)
  test.each<[string, Uint8Array]>([
    ['key.malformed no_private_key', Buffer.from('nothing')],
    ['key.malformed no_private_key', block('CERTIFICATE', 'MAA=')],
    ['key.malformed several_blocks', Buffer.concat([block('PRIVATE KEY', 'MAA='), block('PRIVATE KEY', 'MAA=')])],
    ['key.malformed pem_labels_differ', block('PRIVATE KEY', 'MAA=', 'EC PRIVATE KEY')],
    ['key.malformed pem_base64', block('PRIVATE KEY', '!!')],
    ['key.malformed pem_unfinished', Buffer.from('-----BEGIN PRIVATE KEY-----\nMAA=')],
    ['key.malformed element_missing', block('PRIVATE KEY', 'MAA=')],
    [
      'key.unsupported pem_traditional_encryption',
      block('EC PRIVATE KEY', 'Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nMAA='),
    ],
  ])('fail/%s', async (code, file) => expect(await codeOf(() => readPrivateKey(file))).toBe(code))
})
