import { createHmac, pbkdf2Sync } from 'node:crypto'
import { createSecureContext } from 'node:tls'
import { describe, expect, test } from 'vitest'

import { oids } from '../algorithms/oids.ts'
import { children, encodedBytes, readDer } from '../asn1/reader.ts'
import { nullValue, octetString, oid, sequence, smallInteger } from '../asn1/writer.ts'
import { issue } from '../testing/test-ca.ts'
import type { Issued } from '../testing/test-ca.ts'
import { readPrivateKey } from './key-file.ts'
import { keyFileOids } from './oids.ts'
import { readPkcs12 } from './pkcs12-read.ts'
import { readPfx } from './pkcs12-structure.ts'
import { writePkcs12 } from './pkcs12-write.ts'
import { generatePrivateKey } from './private-key.ts'

const root = issue({ commonName: 'Root', isCa: true })
const leaf = issue({ commonName: 'Leaf', issuer: root })
const keyOf = ({ key }: Issued) => readPrivateKey(Buffer.from(key.pkcs8Pem()))
const content = {
  keys: [{ key: await keyOf(leaf), certificate: leaf.certificate, friendlyName: '签名 😀' }],
  certificates: [root.certificate],
}
const file = await writePkcs12(content, '密码')
const codeOf = async (run: Promise<unknown>): Promise<string> => {
  try {
    await run
    return 'no error'
  } catch (error) {
    const { code, details } = error as { code: string; details: { reason?: string } }
    return `${code} ${details.reason ?? ''}`.trim()
  }
}

describe('PKCS#12', () => {
  test('ok/comes back with names, chain and matching certificates', async () => {
    const { keys, certificates, isAuthenticated, weaknesses } = await readPkcs12(file, '密码')
    expect(keys).toMatchObject([{ friendlyName: '签名 😀', certificate: { serial: leaf.certificate.serial } }])
    expect(keys[0]?.key.spki).toEqual(leaf.certificate.spki)
    expect(certificates.map(({ certificate }) => certificate.subject.commonName)).toEqual(['Leaf', 'Root'])
    expect(isAuthenticated).toBe(true)
    expect(weaknesses).toEqual([])
    expect(() => createSecureContext({ pfx: Buffer.from(file), passphrase: '密码' })).not.toThrow()
  })

  test.each(['aes', 'sm4'] as const)('ok/a dual SM2 certificate with its two keys, by %s', async (protection) => {
    const signing = issue({ commonName: '签名', kind: 'sm2', keyUsage: [0, 1], issuer: root })
    const encryption = issue({ commonName: '加密', kind: 'sm2', keyUsage: [2, 3], issuer: root })
    const keys = await Promise.all(
      [encryption, signing].map(async (issued) => ({ key: await keyOf(issued), certificate: issued.certificate })),
    )
    const dual = await readPkcs12(await writePkcs12({ keys }, '密码', protection), '密码')
    expect(dual.keys.map(({ certificate }) => certificate?.subject.commonName)).toEqual(['加密', '签名'])
    expect(dual.keys.map(({ key }) => key.pkcs8())).toEqual(keys.map(({ key }) => key.pkcs8()))
  })

  test('ok/in indefinite lengths', async () => {
    const node = readDer(file)
    const der = Buffer.from(file)
    const indefinite = Buffer.concat([Uint8Array.of(0x30, 0x80), der.subarray(node.content), Uint8Array.of(0, 0)])
    expect((await readPkcs12(indefinite, '密码')).keys).toHaveLength(1)
  })

  test.each([[''], [undefined], ['密碼'], ['密码 ']])('fail/the password %s', async (password) => {
    expect(await codeOf(readPkcs12(file, password))).toBe('key.password_wrong')
  })

  test('fail/a key that is not its certificate’s', async () => {
    const key = await generatePrivateKey('P-256')
    expect(await codeOf(writePkcs12({ keys: [{ key, certificate: leaf.certificate }] }, 'x'))).toBe('key.mismatch')
  })

  const [version = new Uint8Array(0), content0 = new Uint8Array(0)] = children(readDer(file)).map(encodedBytes)
  const withMac = (algorithm: Uint8Array, value: Uint8Array, salt: Uint8Array, iterations: number) =>
    sequence(
      version,
      content0,
      sequence(sequence(algorithm, octetString(value)), octetString(salt), smallInteger(iterations)),
    )
  const pbmac1 = (iterations: number, keyLength: Uint8Array) => {
    const salt = Buffer.from('salt of the MAC')
    const hmac = sequence(oid(oids.hmacSha256), nullValue())
    const derivation = sequence(octetString(salt), smallInteger(iterations), keyLength, hmac)
    const key = pbkdf2Sync('密码', salt, Math.min(iterations, 2048), 32, 'sha256')
    const value = createHmac('sha256', key).update(readPfx(file).authenticated).digest()
    const parameters = sequence(sequence(oid(keyFileOids.pbkdf2), derivation), hmac)
    return withMac(sequence(oid(keyFileOids.pbmac1), parameters), value, Buffer.from('unused'), 1)
  }

  test('ok/PBMAC1, which OpenSSL 3.5 reads as well', async () => {
    const pfx = Buffer.from(pbmac1(2048, smallInteger(32)))
    expect(() => createSecureContext({ pfx, passphrase: '密码' })).not.toThrow()
    expect((await readPkcs12(pfx, '密码')).keys).toHaveLength(1)
    expect(await codeOf(readPkcs12(pfx, '密碼'))).toBe('key.password_wrong')
  })

  test('ok/PBMAC1 with few iterations is named weak', async () => {
    expect((await readPkcs12(pbmac1(999, smallInteger(32)), '密码')).weaknesses).toEqual(['mac_few_iterations'])
    expect((await readPkcs12(pbmac1(1000, smallInteger(32)), '密码')).weaknesses).toEqual([])
  })

  const sha256 = sequence(oid(oids.sha256), nullValue())
  test.each<[string, Uint8Array]>([
    ['key.malformed key_length', pbmac1(2048, new Uint8Array(0))],
    ['key.malformed key_length', pbmac1(2048, smallInteger(16))],
    ['key.unsupported too_many_iterations', pbmac1(2 ** 31 - 1, smallInteger(32))],
    ['key.unsupported too_many_iterations', withMac(sha256, new Uint8Array(32), new Uint8Array(8), 2 ** 31 - 1)],
    ['key.malformed mac_parameters', withMac(sha256, new Uint8Array(32), new Uint8Array(8), 0)],
    ['key.malformed mac_parameters', withMac(sha256, new Uint8Array(32), new Uint8Array(2000), 1)],
    ['key.unsupported mac', withMac(sequence(oid('1.2.3')), new Uint8Array(32), new Uint8Array(8), 1)],
    ['key.password_wrong', withMac(sha256, new Uint8Array(0), new Uint8Array(8), 1)],
    ['key.malformed version', sequence(smallInteger(2), content0)],
    ['key.malformed truncated', file.subarray(0, 300)],
    ['key.malformed truncated', new Uint8Array(0)],
  ])('fail/%s', async (code, pfx) => expect(await codeOf(readPkcs12(pfx, '密码'))).toBe(code))
})
