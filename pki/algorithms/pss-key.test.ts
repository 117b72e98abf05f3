import { describe, expect, it } from 'vitest'

import { children, encodedBytes, readDer } from '../asn1/reader.ts'
import { nullValue, oid, sequence } from '../asn1/writer.ts'
import { signStructure, prepareStructure } from '../issue/signed-structure.ts'
import { encodeRsaPrivateKey, readPrivateKeyParts } from '../keys/private-key-info.ts'
import { openPrivateKey } from '../keys/private-key.ts'
import * as browser from '../platform/browser.ts'
import * as node from '../platform/node.ts'
import { generatePss } from '../testing/soft-key.ts'
import { oids } from './oids.ts'
import { plainRsaKey } from './pss-key.ts'
import { verifySignature } from './public-key.ts'
import { schemeOf } from './signature-scheme.ts'

const data = Uint8Array.of(1, 2, 3)

const generate = (...limits: Parameters<typeof generatePss>) =>
  openPrivateKey(generatePss(...limits).privateKey.export({ type: 'pkcs8', format: 'der' }))
const bound = generate({ hash: 'sha256', saltLength: 32 })
const plain = plainRsaKey(bound.spki)

/** The private key without the mark. */
const plainInfo = (pkcs8: Uint8Array) => {
  const parts = readPrivateKeyParts(pkcs8)
  return parts.kind === 'rsa' ? encodeRsaPrivateKey(null, parts.rsaPrivateKey) : pkcs8
}
const [identifier = data, bits = data] = children(readDer(bound.spki)).map(encodedBytes)

describe('keys marked for PSS (RFC 4055)', () => {
  it.each(['rsa-pss-sha256', 'rsa-pss-sha512'] as const)('ok/one without parameters signs with %s', async (name) => {
    const key = generate()
    const signature = await key.sign(name, data)
    expect(verifySignature(key.spki, schemeOf(name), data, signature)).toBe(true)
  })

  it('ok/one with parameters signs with what they say, unasked as well', async () => {
    const signature = await bound.sign('rsa-pss-sha256', data)
    expect(verifySignature(bound.spki, schemeOf('rsa-pss-sha256'), data, signature)).toBe(true)
    const wide = generate({ hash: 'sha512', saltLength: 20 })
    const prepared = prepareStructure({ spki: wide.spki }, (identifier) => sequence(identifier))
    expect(prepared.algorithm).toBe('rsa-pss-sha512')
    expect(await signStructure(prepared, wide)).toBeInstanceOf(Uint8Array)
  })

  it('ok/it is written as it was read', () => {
    expect(openPrivateKey(bound.pkcs8()).spki).toEqual(bound.spki)
    expect(encodedBytes(children(readDer(bound.pkcs8()))[1]!)).toEqual(identifier)
  })

  it.each(['rsa-pkcs1-sha256', 'rsa-pkcs1-sm3', 'rsa-pss-sha384'] as const)(
    'fail/%s is neither made nor taken with one for SHA-256',
    async (name) => {
      await expect(bound.sign(name, data)).rejects.toThrow(
        expect.objectContaining({ code: 'key.mechanism_unsupported' }),
      )
      const unmarked = await node.generateKeyPair('rsa-2048')
      const signature = await openPrivateKey(unmarked.pkcs8).sign(name, data)
      expect(verifySignature(unmarked.spki, schemeOf(name), data, signature)).toBe(true)
      const [, numbers = data] = children(readDer(unmarked.spki)).map(encodedBytes)
      expect(verifySignature(sequence(identifier, numbers), schemeOf(name), data, signature)).toBe(false)
    },
  )

  it('fail/a salt shorter than the key’s is not taken, a longer one is', async () => {
    const sign = async (saltLength: number) => {
      const scheme = { kind: 'rsa-pss', digest: 'sha256', saltLength } as const
      const info = plainInfo(bound.pkcs8())
      return verifySignature(bound.spki, scheme, data, await node.signWithKey(info, scheme, data))
    }
    expect([await sign(31), await sign(32), await sign(40)]).toEqual([false, true, true])
  })

  it('fail/parameters that cannot be read or name another mask allow nothing', async () => {
    const scheme = schemeOf('rsa-pss-sha256')
    const signature = await bound.sign('rsa-pss-sha256', data)
    const withParameters = (...parameters: Uint8Array[]) => sequence(sequence(oid(oids.rsaPss), ...parameters), bits)
    expect(verifySignature(withParameters(), scheme, data, signature)).toBe(true)
    expect(verifySignature(withParameters(nullValue()), scheme, data, signature)).toBe(false)
    // The defaults are SHA-1.
    expect(verifySignature(withParameters(sequence()), scheme, data, signature)).toBe(false)
    const mixed = generate({ hash: 'sha256', maskHash: 'sha512', saltLength: 32 })
    await expect(mixed.sign('rsa-pss-sha256', data)).rejects.toThrow(
      expect.objectContaining({ code: 'key.mechanism_unsupported' }),
    )
  })

  it('fail/nothing is decrypted with it, nor encrypted to it', async () => {
    const padding = { kind: 'oaep', hash: 'sha256' } as const
    const sealed = await node.rsaEncrypt(plain, padding, data)
    await expect(bound.decrypt(padding, sealed)).rejects.toThrow(
      expect.objectContaining({ code: 'key.mechanism_unsupported' }),
    )
    for (const platform of [node, browser])
      await expect(platform.rsaEncrypt(bound.spki, padding, data)).rejects.toThrow()
  })

  it('ok/both platforms are handed a plain key, the only one that every runtime reads', async () => {
    const scheme = { kind: 'rsa-pss', digest: 'sha256', saltLength: 32 } as const
    const info = plainInfo(bound.pkcs8())
    for (const signer of [node, browser]) {
      const signature = await signer.signWithKey(info, scheme, data)
      for (const verifier of [node, browser]) {
        expect(verifier.verifyWithKey(plain, scheme, data, signature)).toBe(true)
      }
    }
    expect(browser.verifyWithKey(bound.spki, scheme, data, await bound.sign('rsa-pss-sha256', data))).toBe(false)
  })
})
