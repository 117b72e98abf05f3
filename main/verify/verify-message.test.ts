import { describe, expect, test } from 'vitest'
import { issue } from '#pki/testing/test-ca.ts'
import { createAuthorities } from '../trust/authorities.ts'
import { verifyMessage } from './verify-message.ts'

const root = issue({ commonName: '根证书', isCa: true, kind: 'P-256' })
const authorities = createAuthorities([Buffer.from(root.pem)])
const text = Buffer.from('投标报价')

describe('a raw signature without an algorithm', () => {
  test.each([
    ['ok/an ECDSA key', 'P-256', 'ecdsa-sha256', 'valid'],
    ['ok/an RSA key', 'rsa-2048', 'rsa-pkcs1-sha256', 'valid'],
    ['fail/another digest than the usual one', 'P-256', 'ecdsa-sha384', 'invalid'],
  ] as const)('%s of somebody else is taken as that key signs', (_name, kind, algorithm, verdict) => {
    const { certificate, key } = issue({ commonName: '别人', issuer: root, kind })
    const request = {
      format: 'raw' as const,
      signature: Buffer.from(key.sign(algorithm, text)).toString('base64'),
      content: text.toString('base64'),
      certificateDer: Buffer.from(certificate.der).toString('base64'),
    }
    expect(verifyMessage(request, authorities).verdict).toBe(verdict)
    expect(verifyMessage({ ...request, algorithm }, authorities).verdict).toBe('valid')
    expect(() => verifyMessage({ ...request, algorithm: 'md5' }, authorities)).toThrow('does not match')
  })
})
