import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readFile } from 'node:fs/promises'

import { children, contentBytes, readDer } from '../asn1/reader.ts'
import { readSmallInteger } from '../asn1/values.ts'
import { toHex } from '../bytes/encodings.ts'
import { createWorkbench } from '../testing/tools.ts'
import type { Workbench } from '../testing/tools.ts'
import { parseCertificates } from '../x509/certificate.ts'
import { readPrivateKey, writePrivateKey } from './key-file.ts'
import { readPem } from './pem.ts'
import { readPkcs12 } from './pkcs12-read.ts'
import { writePkcs12 } from './pkcs12-write.ts'
import { generatePrivateKey } from './private-key.ts'

let bench: Workbench
const openssl = async (...args: string[]): Promise<string> => {
  const { status, output } = await bench.run('openssl', ...args)
  expect(`${output}${status}`).toBe(`${output}0`)
  return output
}
const read = (name: string) => readFile(bench.file(name))

const kinds = ['SM2', 'P-256', 'P-384', 'P-521', 'rsa-2048'] as const
const generation = {
  SM2: ['-algorithm', 'SM2'],
  'P-256': ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256'],
  'P-384': ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-384'],
  'P-521': ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-521'],
  'rsa-2048': ['-algorithm', 'RSA'],
}

beforeAll(async () => {
  bench = await createWorkbench()
  for (const kind of kinds) {
    const [key, certificate] = [`${kind}.pem`, `${kind}.crt`]
    await openssl('genpkey', ...generation[kind], '-out', key)
    await openssl('pkey', '-in', key, '-pubout', '-outform', 'DER', '-out', `${kind}.spki`)
    const digest = kind === 'SM2' ? ['-sm3', '-sigopt', 'distid:1234567812345678'] : ['-sha256']
    await openssl(
      'req',
      '-new',
      '-x509',
      '-key',
      key,
      '-subj',
      '/CN=密钥/C=CN',
      '-utf8',
      ...digest,
      '-out',
      certificate,
    )
  }
})
afterAll(() => bench.close())

describe.each(kinds)('%s', (kind) => {
  test.each([
    ['PKCS#8', ['pkcs8', '-topk8', '-nocrypt']],
    ['the traditional form', kind === 'rsa-2048' ? ['rsa', '-traditional'] : ['ec']],
    ['PBES2 with AES', ['pkcs8', '-topk8', '-v2', 'aes-256-cbc', '-v2prf', 'hmacWithSHA512']],
    ['PBES2 with AES and SHA-1', ['pkcs8', '-topk8', '-v2', 'aes-128-cbc', '-v2prf', 'hmacWithSHA1']],
    ['PBES2 with SM4', ['pkcs8', '-topk8', '-v2', 'sm4-cbc', '-v2prf', 'hmacWithSHA256']],
    ['PBES2 with Triple DES', ['pkcs8', '-topk8', '-v2', 'des3']],
    ['Triple DES of PKCS#12', ['pkcs8', '-topk8', '-v1', 'PBE-SHA1-3DES']],
  ])('ok/%s of OpenSSL is read', async (_name, [tool = '', ...args]) => {
    await openssl(tool, '-in', `${kind}.pem`, ...args, '-passout', 'pass:密码1', '-out', 'out.pem')
    const key = await readPrivateKey(await read('out.pem'), '密码1')
    expect(toHex(key.spki)).toBe(toHex(await read(`${kind}.spki`)))
  })

  test.each([
    ['in the clear', undefined, 'aes'],
    ['with AES', '密码1', 'aes'],
  ] as const)('ok/%s OpenSSL reads what is written', async (_name, password, protection) => {
    const key = await generatePrivateKey(kind)
    await bench.write('ours.pem', await writePrivateKey(key, password, protection))
    const input = ['-in', 'ours.pem', '-passin', 'pass:密码1']
    expect(await openssl('pkey', ...input, '-check', '-noout')).toContain('Key is valid')
    await openssl('pkey', ...input, '-pubout', '-outform', 'DER', '-out', 'ours.spki')
    expect(toHex(await read('ours.spki'))).toBe(toHex(key.spki))
  })

  test.each([
    ['as it writes by default', []],
    ['with a MAC of SHA-1', ['-macalg', 'sha1']],
    ['with a MAC of SM3 and SM4', ['-macalg', 'sm3', '-keypbe', 'SM4-CBC', '-certpbe', 'SM4-CBC']],
    ['without a MAC', ['-nomac']],
    ['with nothing encrypted', ['-keypbe', 'NONE', '-certpbe', 'NONE']],
    ['with Triple DES', ['-keypbe', 'PBE-SHA1-3DES', '-certpbe', 'PBE-SHA1-3DES', '-macalg', 'sha1']],
    ['with RC2', ['-legacy', '-keypbe', 'PBE-SHA1-3DES', '-certpbe', 'PBE-SHA1-RC2-40', '-macalg', 'sha1']],
  ])('ok/PKCS#12 of OpenSSL %s is read', async (_name, args) => {
    const inputs = ['-inkey', `${kind}.pem`, '-in', `${kind}.crt`, '-name', '某公司']
    await openssl('pkcs12', '-export', ...inputs, ...args, '-passout', 'pass:密码1', '-out', 'out.p12')
    const { keys, certificates, isAuthenticated } = await readPkcs12(await read('out.p12'), '密码1')
    expect(keys.map(({ key }) => toHex(key.spki))).toEqual([toHex(await read(`${kind}.spki`))])
    expect(keys[0]).toMatchObject({ friendlyName: '某公司', localKeyId: certificates[0]?.localKeyId })
    expect(keys[0]?.certificate).toBe(certificates[0]?.certificate)
    expect(isAuthenticated).toBe(!args.includes('-nomac'))
    if (!args.includes('NONE') || isAuthenticated) {
      await expect(readPkcs12(await read('out.p12'), '密码2')).rejects.toMatchObject({
        code: 'key.password_wrong',
        details: {},
      })
    }
  })

  test('ok/OpenSSL reads PKCS#12 as it is written', async () => {
    const key = await readPrivateKey(await read(`${kind}.pem`))
    const [certificate] = parseCertificates(await read(`${kind}.crt`))
    const others = parseCertificates(await read(kind === 'SM2' ? 'P-256.crt' : 'SM2.crt'))
    const content = { keys: [{ key, certificate: certificate!, friendlyName: '签名' }], certificates: others }
    await bench.write('ours.p12', await writePkcs12(content, '密码1'))
    const output = await openssl('pkcs12', '-in', 'ours.p12', '-passin', 'pass:密码1', '-noenc')
    expect(output.match(/BEGIN CERTIFICATE/g)).toHaveLength(2)
    expect(toHex((await readPrivateKey(Buffer.from(output))).spki)).toBe(toHex(key.spki))
  })
})

/** OpenSSL 3 has SM3 and SM4, but knows no HMAC-SM3 in PBES2: its parts are put together by hand. */
describe('protection by SM4 and SM3', () => {
  test('ok/a key is decrypted by OpenSSL’s PBKDF2 and SM4', async () => {
    const key = await generatePrivateKey('SM2')
    const [block] = readPem(await writePrivateKey(key, '密码1', 'sm4'), 'key.malformed')
    const [algorithm, content] = children(readDer(block!.der))
    const [derivation, cipher] = children(children(algorithm!)[1]!)
    const [salt, count] = children(children(derivation!)[1]!)
    const iterations = String(readSmallInteger(count!))
    const options = ['digest:SM3', 'pass:密码1', `hexsalt:${toHex(contentBytes(salt!))}`, `iter:${iterations}`]
    const derived = await openssl('kdf', '-keylen', '16', ...options.flatMap((option) => ['-kdfopt', option]), 'PBKDF2')
    await bench.write('cipher.bin', contentBytes(content!))
    const iv = toHex(contentBytes(children(cipher!)[1]!))
    const from = ['-in', 'cipher.bin', '-out', 'plain.bin']
    await openssl('enc', '-d', '-sm4-cbc', '-K', derived.replaceAll(/[:\s]/g, ''), '-iv', iv, ...from)
    expect(toHex(await read('plain.bin'))).toBe(toHex(key.pkcs8()))
  })

  test('ok/OpenSSL finds the MAC of PKCS#12 right', async () => {
    const key = await readPrivateKey(await read('SM2.pem'))
    const [certificate] = parseCertificates(await read('SM2.crt'))
    await bench.write('gm.p12', await writePkcs12({ keys: [{ key, certificate: certificate! }] }, '密码1', 'sm4'))
    const right = await bench.run('openssl', 'pkcs12', '-in', 'gm.p12', '-passin', 'pass:密码1', '-info', '-noout')
    expect(right.output).toMatch(/MAC: sm3, Iteration \d+[^]*unsupported prf/)
    const wrong = await bench.run('openssl', 'pkcs12', '-in', 'gm.p12', '-passin', 'pass:密码2', '-info', '-noout')
    expect(wrong.output).toContain('Mac verify error')
  })
})

describe('PKCS#12', () => {
  const few = ['encryption_few_iterations', 'mac_few_iterations']
  test.each<[string[], string[]]>([
    [[], []],
    [['-macalg', 'sha1'], ['mac_sha1']],
    [['-iter', '999'], few],
    [['-iter', '1', '-nomac'], ['encryption_few_iterations']],
    [
      ['-keypbe', 'PBE-SHA1-3DES', '-certpbe', 'AES-128-CBC'],
      ['encryption_sha1', 'encryption_triple_des'],
    ],
    [
      ['-legacy', '-iter', '1'],
      [
        'encryption_few_iterations',
        'encryption_rc2',
        'encryption_sha1',
        'encryption_triple_des',
        'mac_few_iterations',
        'mac_sha1',
      ],
    ],
  ])('ok/written with %s its weaknesses are %s', async (args, expected) => {
    const inputs = ['-inkey', 'P-256.pem', '-in', 'P-256.crt', '-passout', 'pass:密码1', '-out', 'weak.p12']
    await openssl('pkcs12', '-export', ...inputs, ...args)
    expect((await readPkcs12(await read('weak.p12'), '密码1')).weaknesses).toEqual(expected)
  })

  test.each([[''], [undefined]])('ok/without a password or with an empty one: %s', async (password) => {
    const inputs = ['-inkey', 'P-256.pem', '-in', 'P-256.crt']
    await openssl('pkcs12', '-export', ...inputs, '-passout', 'pass:', '-out', 'empty.p12')
    expect((await readPkcs12(await read('empty.p12'), password)).keys).toHaveLength(1)
  })

  test('ok/NSS reads and writes the same', async () => {
    const database = ['-d', 'sql:.', '-K', '']
    expect((await bench.run('certutil', '-N', '-d', 'sql:.', '--empty-password')).status).toBe(0)
    const key = await readPrivateKey(await read('P-256.pem'))
    const [certificate] = parseCertificates(await read('P-256.crt'))
    const content = { keys: [{ key, certificate: certificate!, friendlyName: 'one' }] }
    await bench.write('to-nss.p12', await writePkcs12(content, 'password1'))
    const imported = await bench.run('pk12util', '-i', 'to-nss.p12', '-W', 'password1', ...database)
    expect(imported.output).toContain('IMPORT SUCCESSFUL')
    await bench.run('pk12util', '-o', 'from-nss.p12', '-n', 'one', '-W', 'password2', ...database)
    const { keys, isAuthenticated } = await readPkcs12(await read('from-nss.p12'), 'password2')
    expect(keys.map((entry) => toHex(entry.key.spki))).toEqual([toHex(key.spki)])
    expect(isAuthenticated).toBe(true)
  })

  test('ok/Java reads and writes the same', async () => {
    const keytool = (...args: string[]) =>
      bench.run('keytool', ...args, '-storepass', 'password1', '-storetype', 'PKCS12')
    const key = await readPrivateKey(await read('P-256.pem'))
    const [certificate] = parseCertificates(await read('P-256.crt'))
    const content = { keys: [{ key, certificate: certificate!, friendlyName: 'one' }] }
    await bench.write('java.p12', await writePkcs12(content, 'password1'))
    expect((await keytool('-list', '-keystore', 'java.p12')).output).toContain('one,')
    for (const algorithm of ['EC', 'RSA']) {
      const made = await keytool(
        '-genkeypair',
        '-alias',
        'two',
        '-keyalg',
        algorithm,
        '-dname',
        'CN=two',
        '-keystore',
        `${algorithm}.p12`,
      )
      expect(made.status).toBe(0)
      const { keys } = await readPkcs12(await read(`${algorithm}.p12`), 'password1')
      expect(keys).toMatchObject([{ friendlyName: 'two', key: { kind: algorithm.toLowerCase() } }])
      expect(keys[0]?.certificate?.subject.commonName).toBe('two')
    }
  })
})
