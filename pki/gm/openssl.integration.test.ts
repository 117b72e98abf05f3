/** OpenSSL as the judge: what it makes is read here, and the other way round. */
import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { bitString, encode, octetString, oid, sequence, smallInteger } from '../asn1/writer.ts'
import { decryptSm2, encryptSm2 } from './sm2-encryption.ts'
import { generateSm2KeyPair } from './sm2-key.ts'
import {
  createMessageDigest,
  decodeSm2Signature,
  encodeSm2Signature,
  signSm2Digest,
  verifySm2Digest,
} from './sm2-signature.ts'

const directory = mkdtempSync(path.join(tmpdir(), 'yzt-gm-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

const file = (name: string): string => path.join(directory, name)
const write = (name: string, bytes: Uint8Array): string => {
  writeFileSync(file(name), bytes)
  return file(name)
}
const openssl = (...args: readonly string[]): string =>
  execFileSync('openssl', args, { encoding: 'utf8', stdio: 'pipe' })
const isAccepted = (...args: readonly string[]): boolean => {
  try {
    openssl(...args)
    return true
  } catch {
    return false
  }
}

const { privateKey, publicKey } = generateSm2KeyPair()
const algorithm = sequence(oid('1.2.840.10045.2.1'), oid('1.2.156.10197.1.301'))
const point = bitString(Buffer.concat([Buffer.of(4), publicKey]))
const ecPrivateKey = sequence(smallInteger(1), octetString(privateKey), encode(0xa1, point))
const keyFile = write('key.der', sequence(smallInteger(0), algorithm, octetString(ecPrivateKey)))
const publicFile = write('public.der', sequence(algorithm, point))
const withId = (id: string): readonly string[] => ['-rawin', '-digest', 'sm3', '-pkeyopt', `distid:${id}`]

describe.each(['1234567812345678', 'ALICE123@YAHOO.COM'])('SM2 signature with the ID %s', (id) => {
  const message = randomBytes(1000)
  const input = write(`message-${id}`, message)
  const digest = () => createMessageDigest(publicKey, Buffer.from(id)).update(message).digest()

  test('OpenSSL accepts ours, and not with another ID', () => {
    const signature = write('ours', encodeSm2Signature(signSm2Digest(privateKey, digest())))
    const verify = [
      'pkeyutl',
      '-verify',
      '-pubin',
      '-keyform',
      'DER',
      '-inkey',
      publicFile,
      '-in',
      input,
      '-sigfile',
      signature,
    ]
    expect(isAccepted(...verify, ...withId(id))).toBe(true)
    expect(isAccepted(...verify, ...withId(`${id}x`))).toBe(false)
  })

  test('ours accepts that of OpenSSL', () => {
    const [key, out] = [['-keyform', 'DER', '-inkey', keyFile], file('theirs')]
    openssl('pkeyutl', '-sign', ...key, '-in', input, '-out', out, ...withId(id))
    const signature = decodeSm2Signature(readFileSync(out))
    expect(verifySm2Digest(publicKey, digest(), signature)).toBe(true)
    expect(
      verifySm2Digest(
        publicKey,
        createMessageDigest(publicKey, Buffer.from(`${id}x`))
          .update(message)
          .digest(),
        signature,
      ),
    ).toBe(false)
  })
})

describe('SM2 encryption', () => {
  const message = randomBytes(77)

  test('OpenSSL opens ours', () => {
    const sealed = write('sealed', encryptSm2(publicKey, message))
    openssl('pkeyutl', '-decrypt', '-keyform', 'DER', '-inkey', keyFile, '-in', sealed, '-out', file('opened'))
    expect(readFileSync(file('opened')).equals(message)).toBe(true)
  })

  test('ours opens that of OpenSSL', () => {
    const input = write('plain', message)
    openssl(
      'pkeyutl',
      '-encrypt',
      '-pubin',
      '-keyform',
      'DER',
      '-inkey',
      publicFile,
      '-in',
      input,
      '-out',
      file('theirs'),
    )
    expect(message.equals(decryptSm2(privateKey, readFileSync(file('theirs'))))).toBe(true)
  })
})
