/** OpenSSL as the judge, in both directions. It knows SM2 and SM4 as algorithms, not in messages: there it takes the parts. */
import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { memorySink } from '../../io/byte-sink.ts'
import { issueRecipient } from '../../testing/recipient.ts'
import { collect, inPieces } from '../../testing/streams.ts'
import { createWorkbench } from '../../testing/tools.ts'
import type { Workbench } from '../../testing/tools.ts'
import { openEnvelope } from './decrypt.ts'
import { encryptEnvelope, prepareEnvelope } from './encrypt.ts'

const content = randomBytes(100_001)
const recipients = {
  rsa: issueRecipient('rsa-2048'),
  'P-256': issueRecipient('P-256'),
  'P-384': issueRecipient('P-384'),
  'P-521': issueRecipient('P-521'),
}
type Name = keyof typeof recipients
const sm2 = issueRecipient('sm2')
let bench: Workbench

beforeAll(async () => {
  bench = await createWorkbench()
  await bench.write('content', content)
  for (const [name, { pem, keyPem }] of [...Object.entries(recipients), ['sm2', sm2] as const]) {
    await bench.write(`${name}.pem`, pem)
    await bench.write(`${name}.key`, keyPem)
  }
})
afterAll(() => bench.close())

const read = async (name: string) => new Uint8Array(await readFile(bench.file(name)))

const paddings = ['rsa-pkcs1', 'rsa-oaep-sha1', 'rsa-oaep-sha256'] as const
const ciphers = ['aes-128-cbc', 'aes-192-cbc', 'aes-256-cbc', 'aes-128-gcm', 'aes-256-gcm'] as const
const names = Object.keys(recipients) as Name[]
const everybody = names.map((name) => ({ certificate: recipients[name].certificate }))

describe('openssl decrypts our messages', () => {
  const decryptWith = async (name: Name) => {
    const { output } = await bench.run(
      ...(['openssl', 'cms', '-decrypt', '-binary', '-inform', 'DER', '-in', 'message'] as const),
      ...['-recip', `${name}.pem`, '-inkey', `${name}.key`, '-out', 'out'],
    )
    expect(output).toBe('')
    expect(Buffer.compare(await read('out'), content)).toBe(0)
  }

  it.each(ciphers)('%s, for RSA and three curves at once', async (cipher) => {
    await bench.write('message', await collect(encryptEnvelope({ recipients: everybody, cipher }, inPieces(content))))
    for (const name of names) await decryptWith(name)
  })

  it.each(paddings)('%s, named by key identifier', async (keyEncryption) => {
    const one = [{ certificate: recipients.rsa.certificate, keyEncryption, naming: 'key-identifier' as const }]
    const message = encryptEnvelope({ recipients: one, cipher: 'aes-256-gcm' }, inPieces(content))
    await bench.write('message', await collect(message))
    await decryptWith('rsa')
  })
})

describe('we decrypt what openssl makes', () => {
  const encryptFor = (...args: string[]) =>
    bench.run(
      'openssl',
      ...['cms', '-encrypt', '-binary', '-in', 'content', '-outform', 'DER', '-out', 'message'],
      ...args,
    )
  const decryptWith = async (name: Name) => {
    const sink = memorySink()
    const { isAuthenticated } = await (
      await openEnvelope(inPieces(await read('message')))
    ).decrypt(recipients[name], sink)
    expect(Buffer.compare(sink.bytes(), content)).toBe(0)
    return isAuthenticated
  }
  const all = names.flatMap((name) => ['-recip', `${name}.pem`])

  it.each(ciphers.flatMap((cipher) => [[cipher, []] as const, [cipher, ['-stream', '-indef']] as const]))(
    '%s for everybody %j',
    async (cipher, streaming) => {
      expect((await encryptFor(`-${cipher}`, ...streaming, ...all)).output).toBe('')
      for (const name of names) expect(await decryptWith(name)).toBe(cipher.endsWith('gcm'))
    },
  )

  it.each([
    ['OAEP', ['rsa_padding_mode:oaep']],
    ['OAEP with SHA-256', ['rsa_padding_mode:oaep', 'rsa_oaep_md:sha256']],
    ['OAEP with SHA-512', ['rsa_padding_mode:oaep', 'rsa_oaep_md:sha512']],
  ])('RSA %s, named by key identifier', async (_name, options) => {
    const keyOptions = options.flatMap((option) => ['-keyopt', option])
    const { output } = await encryptFor('-aes-256-gcm', '-keyid', '-recip', 'rsa.pem', ...keyOptions)
    expect(output).toBe('')
    expect(await decryptWith('rsa')).toBe(true)
  })

  it.each(['sha1', 'sha256', 'sha384', 'sha512'])('ECDH with a key derived by %s', async (md) => {
    const { output } = await encryptFor('-aes-256-cbc', '-recip', 'P-256.pem', '-keyopt', `ecdh_kdf_md:${md}`)
    expect(output).toBe('')
    expect(await decryptWith('P-256')).toBe(false)
  })
})

describe('openssl checks the parts of a GB/T 35275 message', () => {
  it('SM2 key, SM4-CBC content', async () => {
    const prepared = await prepareEnvelope({
      recipients: [{ certificate: sm2.certificate }],
      cipher: 'sm4-cbc',
      syntax: 'gm',
    })
    await bench.write('wrapped', prepared.keys[0]!.encryptedKey)
    const message = await collect(prepared.encrypt(inPieces(content)))
    await bench.write('message', message)

    const { output: parsed } = await bench.run('openssl', 'asn1parse', '-inform', 'DER', '-in', 'message')
    const iv = /OBJECT\s+:sm4-cbc[\s\S]*?HEX DUMP\]:([0-9A-F]{32})/.exec(parsed)?.[1] ?? ''
    const body = /:sm4-cbc[\s\S]*?cons: cont \[ 0 \]\s+([\s\S]*)/.exec(parsed)?.[1] ?? ''
    const ciphertext = [...body.matchAll(/prim: OCTET STRING\s+\[HEX DUMP\]:([0-9A-F]+)/g)]
      .map(([, hex]) => hex)
      .join('')
    await bench.write('ciphertext', Buffer.from(ciphertext, 'hex'))

    const { output } = await bench.run(
      'openssl',
      'pkeyutl',
      '-decrypt',
      '-inkey',
      'sm2.key',
      '-in',
      'wrapped',
      '-out',
      'key',
    )
    expect(output).toBe('')
    const key = Buffer.from(await read('key')).toString('hex')
    const result = await bench.run(
      ...(['openssl', 'enc', '-d', '-sm4-cbc', '-K', key, '-iv', iv, '-in', 'ciphertext', '-out', 'out'] as const),
    )
    expect(result.output).toBe('')
    expect(Buffer.compare(await read('out'), content)).toBe(0)
  })

  it('an SM2 key encrypted by openssl is decrypted', async () => {
    const key = randomBytes(16)
    await bench.write('key', key)
    const { output } = await bench.run(
      ...(['openssl', 'pkeyutl', '-encrypt', '-certin', '-inkey', 'sm2.pem', '-in', 'key', '-out', 'wrapped'] as const),
    )
    expect(output).toBe('')
    expect(await sm2.key.decrypt('sm2', await read('wrapped'))).toEqual(new Uint8Array(key))
  })
})
