import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { createWorkbench } from '../testing/tools.ts'
import type { Workbench } from '../testing/tools.ts'

const main = path.join(import.meta.dirname, 'main.ts')
let bench: Workbench

interface Answer {
  status: number
  result: Record<string, unknown>
  stdout: string
  stderr: string
}

const pki = (args: readonly string[], input?: string): Promise<Answer> =>
  new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [main, ...args],
      { cwd: bench.file('.'), encoding: 'utf8' },
      (error, stdout, stderr) => {
        const text = stdout.trim().startsWith('{') ? stdout.trim().split('\n')[0]! : '{}'
        const status = error === null ? 0 : Number(error.code)
        resolve({ status, stdout, stderr, result: JSON.parse(text) as Record<string, unknown> })
      },
    )
    child.stdin?.end(input ?? '')
  })

const openssl = (...args: string[]) => bench.run('openssl', ...args)

const newPair = async (name: string, ...kind: string[]): Promise<void> => {
  await openssl('genpkey', ...kind, '-out', `${name}.key`)
  await openssl(
    'req',
    '-new',
    '-key',
    `${name}.key`,
    '-subj',
    `/C=CN/O=示例公司/CN=${name}`,
    '-utf8',
    '-out',
    `${name}.csr`,
  )
  await openssl(
    ...[
      'x509',
      '-req',
      '-in',
      `${name}.csr`,
      '-CA',
      'root.pem',
      '-CAkey',
      'root.key',
      '-days',
      '30',
      '-out',
      `${name}.pem`,
    ],
    ...['-extfile', 'usage.cnf', '-set_serial', `0x${Buffer.from(name).toString('hex')}`],
  )
}

beforeAll(async () => {
  bench = await createWorkbench()
  await bench.write('usage.cnf', 'keyUsage=critical,digitalSignature,keyEncipherment,keyAgreement\n')
  await bench.write('tsa.cnf', 'keyUsage=critical,digitalSignature\nextendedKeyUsage=critical,timeStamping\n')
  await openssl('genpkey', '-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048', '-out', 'root.key')
  await openssl(
    ...['req', '-x509', '-key', 'root.key', '-subj', '/C=CN/O=Root/CN=Root', '-days', '60', '-out', 'root.pem'],
    ...['-addext', 'keyUsage=critical,keyCertSign,cRLSign'],
  )
  await newPair('rsa', '-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048')
  await newPair('ec', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256', '-pkeyopt', 'ec_param_enc:named_curve')
  await newPair('sm2', '-algorithm', 'SM2')
  await writeFile(bench.file('content.bin'), Buffer.alloc(300_000, '投标文件'))
  await writeFile(bench.file('broken.der'), (await readFile(bench.file('content.bin'))).subarray(0, 100))
  await openssl('genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256', '-out', 'tsa.key')
  await openssl('req', '-new', '-key', 'tsa.key', '-subj', '/CN=TSA', '-out', 'tsa.csr')
  await openssl(
    ...[
      'x509',
      '-req',
      '-in',
      'tsa.csr',
      '-CA',
      'root.pem',
      '-CAkey',
      'root.key',
      '-days',
      '30',
      '-out',
      'tsa.pem',
      '-extfile',
      'tsa.cnf',
      '-set_serial',
      '7',
    ],
  )
})
afterAll(() => bench.close())

const holder = (name: string) => ['--key', `${name}.key`, '--certificate', `${name}.pem`]

describe('the command line', () => {
  it('ok/vectors of the standards', async () => {
    const { status, result } = await pki(['vectors', '--json'])
    expect([status, result.passed]).toEqual([0, result.of])
  })

  it('ok/help without a command, and 2 for one that is not known', async () => {
    expect((await pki([])).stdout).toContain('validate --batch')
    expect((await pki(['sing'])).status).toBe(2)
    const { status, stderr } = await pki(['validate', 'rsa.pem', '--ancor', 'root.pem'])
    expect([status, stderr]).toEqual([2, expect.stringContaining('--ancor')])
  })

  it.each(['rsa', 'ec', 'sm2'])('ok/inspects and validates a certificate of %s', async (name) => {
    expect((await pki(['inspect', `${name}.pem`, '--json'])).result).toMatchObject({
      kind: 'certificate',
      key: { type: name },
    })
    const { status, result } = await pki(['validate', `${name}.pem`, '--anchor', 'root.pem', '--json'])
    expect([status, result.valid]).toEqual([0, true])
  })

  it('fail/an expired certificate is invalid, with the rule and the clause', async () => {
    const answer = await pki(['validate', 'rsa.pem', '--anchor', 'root.pem', '--at', '2035-01-01T00:00:00Z', '--json'])
    expect(answer.status).toBe(1)
    expect(answer.result.failures).toMatchObject([
      { code: 'expired', index: 0 },
      { code: 'expired', index: 1 },
    ])
    const prose = await pki(['validate', 'rsa.pem', '--anchor', 'root.pem', '--at', '2035-01-01T00:00:00Z'])
    expect(prose.stdout).toContain('It has expired at the time of the check.')
  })

  it('fail/what cannot be read ends with 2 and says where', async () => {
    const broken = await pki(['validate', 'broken.der', '--anchor', 'root.pem', '--json'])
    expect(broken).toMatchObject({ status: 2, result: { error: 'certificate.malformed', details: { offset: 0 } } })
    expect(await pki(['validate', 'nobody.pem', '--anchor', 'root.pem', '--json'])).toMatchObject({
      status: 2,
      result: { error: 'usage' },
    })
    expect((await pki(['validate', 'rsa.pem', '--json'])).status).toBe(2)
  })

  it('fail/a batch that is not there, and one for a command that has none, end with 2 and a sentence', async () => {
    expect(await pki(['validate', '--batch', 'none.jsonl', '--json'])).toMatchObject({
      status: 2,
      result: { error: 'ENOENT' },
    })
    expect(await pki(['sign', '--batch', 'none.jsonl', '--json'])).toMatchObject({
      status: 2,
      result: { error: 'usage' },
    })
  })

  it('ok/a batch answers a line a case in order, bad lines among them', async () => {
    const pem = await readFile(bench.file('rsa.pem'), 'utf8')
    const lines = [
      { id: 'good', certificate: 'rsa.pem', anchors: ['root.pem'] },
      { id: 'inline', certificate: pem, anchors: ['root.pem'] },
      { id: 'late', certificate: 'rsa.pem', anchors: ['root.pem'], at: '2035-01-01T00:00:00Z' },
      { id: 'typo', certificate: 'rsa.pem', anchors: ['root.pem'], requireExplicitPolcy: true },
      { id: 'hard', certificate: 'rsa.pem', anchors: ['root.pem'], revocation: 'hard' },
      { id: 'spare', certificate: 'rsa.pem', anchors: ['root.pem'], intermediates: ['broken.der'] },
    ]
    await writeFile(bench.file('cases.jsonl'), `${lines.map((line) => JSON.stringify(line)).join('\n')}\nnot json\n`)
    const { status, stdout } = await pki(['validate', '--batch', 'cases.jsonl'])
    const answers = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { id: unknown; status: number })
    expect(answers.map(({ id, status: each }) => [id, each])).toEqual([
      ...[
        ['good', 0],
        ['inline', 0],
        ['late', 1],
        ['typo', 2],
        ['hard', 1],
        ['spare', 0],
        [7, 2],
      ],
    ])
    expect(status).toBe(2)
    expect(answers[5]).toMatchObject({ ignored: [{ file: 'broken.der' }] })
  })

  it.each(['rsa', 'ec', 'sm2'])('ok/signs with %s, verifies, and gives the content out', async (name) => {
    expect((await pki(['sign', 'content.bin', '--out', 's.p7', ...holder(name)])).status).toBe(0)
    const verified = await pki(['verify', 's.p7', '--anchor', 'root.pem', '--out', 'c.bin', '--json'])
    expect(verified).toMatchObject({ status: 0, result: { valid: true, signers: [{ level: 'B' }] } })
    expect((await readFile(bench.file('c.bin'))).equals(await readFile(bench.file('content.bin')))).toBe(true)
    if (name === 'sm2') return
    const judge = await openssl(
      'cms',
      '-verify',
      '-inform',
      'DER',
      '-in',
      's.p7',
      '-CAfile',
      'root.pem',
      '-purpose',
      'any',
      '-out',
      'o.bin',
    )
    expect(judge.output).toMatch(/Verification successful/i)
  })

  it('fail/changed content, a detached message without content, and an untrusted signer', async () => {
    await pki(['sign', 'content.bin', '--out', 'd.p7', '--detached', '--format', 'gm', ...holder('sm2')])
    await writeFile(bench.file('other.bin'), 'another')
    const good = ['verify', 'd.p7', '--anchor', 'root.pem', '--json']
    expect((await pki([...good, '--content', 'content.bin'])).status).toBe(0)
    expect(await pki([...good, '--content', 'other.bin'])).toMatchObject({
      status: 1,
      result: { signers: [{ problems: ['digest_mismatch'] }] },
    })
    expect(await pki(good)).toMatchObject({ status: 1, result: { signers: [{ problems: ['content_missing'] }] } })
    const untrusted = await pki(['verify', 'd.p7', '--anchor', 'tsa.pem', '--content', 'content.bin', '--json'])
    expect(untrusted).toMatchObject({
      status: 1,
      result: { signers: [{ problems: ['chain_invalid'], signatureValid: true }] },
    })
  })

  it.each([
    ['rsa', 'aes-256-gcm'],
    ['ec', 'aes-128-cbc'],
    ['sm2', 'sm4-gcm'],
  ])('ok/encrypts for %s with %s and decrypts', async (name, cipher) => {
    const encrypt = ['encrypt', 'content.bin', '--recipient', `${name}.pem`, '--cipher', cipher, '--out', 'e.p7']
    expect((await pki(encrypt)).status).toBe(0)
    expect((await pki(['inspect', 'e.p7', '--json'])).result).toMatchObject({ cipher })
    expect((await pki(['decrypt', 'e.p7', '--out', 'p.bin', ...holder(name)])).status).toBe(0)
    expect((await readFile(bench.file('p.bin'))).equals(await readFile(bench.file('content.bin')))).toBe(true)
    const wrong = await pki(['decrypt', 'e.p7', '--out', 'q.bin', '--json', ...holder('tsa')])
    expect(wrong).toMatchObject({ status: 1, result: { error: 'envelope.not_for_key' } })
    await expect(readFile(bench.file('q.bin'))).rejects.toThrow('ENOENT')
  })

  it('ok/a bid with its manifest; another bid under the same manifest is refused', async () => {
    const encrypt = [
      'encrypt',
      '--recipient',
      'sm2.pem',
      '--format',
      'gm',
      '--json',
      '--opening-time',
      '2099-01-01T00:00:00Z',
    ]
    const made = await pki([...encrypt, 'content.bin', '--out', 'bid.p7', '--manifest', 'bid.json'])
    expect(made).toMatchObject({ status: 0, result: { warnings: [{ code: 'expires_before_opening' }] } })
    const decrypt = ['decrypt', 'bid.p7', '--json', ...holder('sm2')]
    expect((await pki([...decrypt, '--out', 'bid.bin', '--manifest', 'bid.json'])).status).toBe(0)
    expect((await readFile(bench.file('bid.bin'))).equals(await readFile(bench.file('content.bin')))).toBe(true)
    await pki([...encrypt, 'rsa.pem', '--out', 'second.p7', '--manifest', 'second.json'])
    const wrong = await pki([...decrypt, '--out', 'no.bin', '--manifest', 'second.json'])
    expect(wrong).toMatchObject({ status: 1, result: { valid: false } })
    await expect(readFile(bench.file('no.bin'))).rejects.toThrow('ENOENT')
    await expect(readFile(bench.file('no.bin.part'))).rejects.toThrow('ENOENT')
  })

  it('fail/a changed message gives no plaintext, and says nothing but that it failed', async () => {
    await pki(['encrypt', 'content.bin', '--recipient', 'rsa.pem', '--out', 'e.p7'])
    const bytes = await readFile(bench.file('e.p7'))
    bytes[200_000]! ^= 1
    await writeFile(bench.file('bad.p7'), bytes)
    const answer = await pki(['decrypt', 'bad.p7', '--out', 'r.bin', '--json', ...holder('rsa')])
    expect(answer).toMatchObject({ status: 1, result: { valid: false, error: 'key.decryption_failed', details: {} } })
    await expect(readFile(bench.file('r.bin'))).rejects.toThrow('ENOENT')
    await expect(readFile(bench.file('r.bin.part'))).rejects.toThrow('ENOENT')
  })

  it('ok/a time-stamp from request to check, and openssl agrees', async () => {
    expect((await pki(['timestamp', 'request', 'content.bin', '--out', 'q.tsq'])).status).toBe(0)
    expect((await pki(['timestamp', 'reply', 'q.tsq', '--out', 'r.tsr', ...holder('tsa')])).status).toBe(0)
    const verify = ['timestamp', 'verify', 'r.tsr', '--anchor', 'root.pem', '--json', '--content']
    expect(await pki([...verify, 'content.bin'])).toMatchObject({ status: 0, result: { valid: true } })
    expect(await pki([...verify, 'rsa.pem'])).toMatchObject({ status: 1, result: { problems: ['imprint_mismatch'] } })
    const judge = await openssl('ts', '-verify', '-in', 'r.tsr', '-queryfile', 'q.tsq', '-CAfile', 'root.pem')
    expect(judge.output).toContain('Verification: OK')
  })

  it('ok/PKCS#12 with its password from a file; the wrong one is 2', async () => {
    await openssl('pkcs12', '-export', '-inkey', 'ec.key', '-in', 'ec.pem', '-out', 'ec.p12', '-passout', 'pass:geheim')
    await bench.write('right.txt', 'geheim\n')
    await bench.write('wrong.txt', 'offen\n')
    const sign = ['sign', 'content.bin', '--out', 's.p7', '--pkcs12', 'ec.p12', '--json', '--password-file']
    expect((await pki([...sign, 'right.txt'])).status).toBe(0)
    expect(await pki([...sign, 'wrong.txt'])).toMatchObject({ status: 2, result: { error: 'key.password_wrong' } })
  })
})
