import { constants, createPrivateKey, privateEncrypt } from 'node:crypto'
import { describe, expect, it } from 'vitest'

import { octetString, oid, sequence } from '../asn1/writer.ts'
import { concat } from '../bytes/concat.ts'
import { openPrivateKey } from '../keys/private-key.ts'
import { validatePath } from '../path/validate.ts'
import * as browser from '../platform/browser.ts'
import * as node from '../platform/node.ts'
import { issue } from '../testing/test-ca.ts'
import { readSignatureScheme } from './algorithm-identifier.ts'
import { digest } from './digest.ts'
import { digestInfo } from './digest-info.ts'
import { oids } from './oids.ts'
import { verifySignature } from './public-key.ts'
import { schemeOf } from './signature-scheme.ts'

const data = Uint8Array.of(1, 2, 3)
const info = digestInfo('sm3', data)
const { pkcs8, spki } = await node.generateKeyPair('rsa-2048')
const scheme = schemeOf('rsa-pkcs1-sm3')
const platforms = { node, browser }

describe('RSA with SM3, which no runtime brings along', () => {
  it('ok/a certificate of sm3WithRSAEncryption stands in a valid path', () => {
    const root = issue({ commonName: 'Root', isCa: true, kind: 'rsa-2048', algorithm: 'rsa-pkcs1-sm3' })
    const leaf = issue({ commonName: 'Leaf', kind: 'rsa-2048', issuer: root, algorithm: 'rsa-pkcs1-sm3' })
    expect(leaf.certificate.signatureAlgorithm.oid).toBe('1.2.156.10197.1.504')
    expect(validatePath({ certificate: leaf.certificate, anchors: [root.certificate] }).failures).toEqual([])
  })

  it.each(['node', 'browser'] as const)('ok/%s signs as the other one does, and both verify', async (name) => {
    const signature = await platforms[name].signDigestInfo(pkcs8, info)
    expect(signature).toEqual(await openPrivateKey(pkcs8).sign('rsa-pkcs1-sm3', data))
    expect(Object.values(platforms).map(({ verifyDigestInfo }) => verifyDigestInfo(spki, info, signature))).toEqual([
      true,
      true,
    ])
    expect(verifySignature(spki, scheme, data, signature)).toBe(true)
    expect(verifySignature(spki, scheme, Uint8Array.of(1, 2), signature)).toBe(false)
  })

  it('ok/a message that names the key and, beside it, SM3', () => {
    const identifier = { oid: oids.rsaEncryption, parameters: undefined, der: new Uint8Array(0) }
    expect(readSignatureScheme(identifier, 'sm3')).toEqual(scheme)
  })

  const keyObject = createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' })
  const raw = (block: Uint8Array) =>
    new Uint8Array(privateEncrypt({ key: keyObject, padding: constants.RSA_NO_PADDING }, block))
  const around = (inner: Uint8Array, type = 1, filling = 0xff) =>
    concat(Uint8Array.of(0, type), new Uint8Array(256 - inner.length - 3).fill(filling), Uint8Array.of(0), inner)
  const sm3 = digest('sm3', data)
  const signature = raw(around(info))
  const refused: Record<string, Uint8Array> = {
    'a DigestInfo without NULL': raw(around(sequence(sequence(oid(oids.sm3)), octetString(sm3)))),
    'a DigestInfo of another hash': raw(around(sequence(sequence(oid(oids.sha256)), octetString(sm3)))),
    'a bare digest': raw(around(sm3)),
    'bytes behind the DigestInfo': raw(around(concat(info, new Uint8Array(8)))),
    'the padding of encryption': raw(around(info, 2)),
    'a padding of other bytes': raw(around(info, 1, 0xfe)),
    'a byte less': signature.subarray(1),
    'a zero byte in front': concat(Uint8Array.of(0), signature),
    nothing: new Uint8Array(0),
  }
  it.each(Object.entries(refused))('fail/%s is no signature', (_name, forged) => {
    expect(verifySignature(spki, scheme, data, signature)).toBe(true)
    for (const { verifyDigestInfo } of Object.values(platforms)) {
      expect(verifyDigestInfo(spki, info, forged)).toBe(false)
    }
  })

  it('fail/a key whose numbers do not belong together signs nothing in a browser', async () => {
    const broken = Uint8Array.from(pkcs8)
    const last = broken.length - 1
    broken[last] = (broken[last] ?? 0) ^ 1
    await expect(browser.signDigestInfo(broken, info)).rejects.toThrow(TypeError)
  })

  it.each(['node', 'browser'] as const)('fail/%s: a key of a curve', async (name) => {
    const curve = await node.generateKeyPair('P-256')
    expect(platforms[name].verifyDigestInfo(curve.spki, info, signature)).toBe(false)
    await expect(platforms[name].signDigestInfo(curve.pkcs8, info)).rejects.toThrow()
  })
})
