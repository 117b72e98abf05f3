import { createHash } from 'node:crypto'

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { oids } from '../algorithms/oids.ts'
import { encode, sequence, smallInteger } from '../asn1/writer.ts'
import { encodeSignedAttributes } from '../cms/attributes.ts'
import { signingCertificateV2 } from '../cms/signing-certificate.ts'
import { loginSignedBytes } from '../login-token/format.ts'
import { buildPdf } from '../testing/pdf-samples.ts'
import { createTestChain } from '../testing/test-ca.ts'
import { findForeignProtocol } from './raw-message.ts'

const { signer } = createTestChain()
const { certificate } = signer
const attributes = encodeSignedAttributes({
  contentType: oids.data,
  contentDigest: createHash('sha256').update('any content').digest(),
  signingTime: new Date('2026-11-23T08:00:00Z'),
  others: [signingCertificateV2(certificate, 'sha256')],
})
const request = sequence(smallInteger(0), certificate.subject.der, certificate.spki, encode(0xa0, new Uint8Array(0)))
const ocspRequest = sequence(sequence(sequence(sequence(certificate.signatureAlgorithm.der))))
/** The content behind the outermost length, which is two or three octets here. */
const content = (der: Uint8Array) => der.subarray(der[1]! < 0x80 ? 2 : 2 + (der[1]! & 0x7f))
const bytes = (...parts: (string | Uint8Array | readonly number[])[]) =>
  new Uint8Array(
    Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Uint8Array.from(part)))),
  )
const handshake = (text: string) => bytes(' '.repeat(64), text, [0], new Uint8Array(32))

describe('R12 a raw message that would be a signature of another protocol', () => {
  it.each<[string, string, Uint8Array]>([
    ['the bytes of a login token', 'login_token', loginSignedBytes('header', 'payload')],
    ['those of a later version of it', 'login_token', bytes('YZT-LOGIN-V2\0x')],
    ['signed attributes of a CMS message', 'der_structure', attributes],
    [
      'signed attributes with a length in more octets than needed',
      'der_structure',
      bytes([0x31, 0x83, 0, content(attributes).length >> 8, content(attributes).length & 255], content(attributes)),
    ],
    ['signed attributes of indefinite length', 'der_structure', bytes([0x31, 0x80], content(attributes), [0, 0])],
    [
      'signed attributes with an element that cannot be read behind the first one',
      'der_structure',
      encode(0x31, bytes(content(attributes).subarray(0, 26), [0x30, 0x7f, 0xff])),
    ],
    ['a certificate to be signed', 'der_structure', certificate.tbs],
    ['a certification request', 'der_structure', request],
    ['an OCSP request', 'der_structure', ocspRequest],
    ['the bytes of a PDF', 'pdf', buildPdf().subarray(0, 500)],
    ['a PDF behind other bytes', 'pdf', bytes('\n'.repeat(1000), '%PDF-1.7\n')],
    ['a handshake of TLS 1.3', 'tls_handshake', handshake('TLS 1.3, client CertificateVerify')],
    ['a handshake of TLS 1.2', 'tls_handshake', bytes([1, 0, 1, 0, 3, 3], new Uint8Array(256))],
  ])('fail/%s', (_name, protocol, message) => expect(findForeignProtocol(message)).toBe(protocol))

  it.each<[string, Uint8Array]>([
    ['nothing', bytes()],
    ['Chinese text', bytes('投标报价 ¥1,234.50')],
    ['JSON', bytes('{"bid":"0"}')],
    ['digits that could be tags and lengths', bytes('1200', '0'.repeat(48))],
    ['a digest', createHash('sha256').update('x').digest()],
    ['the label in the middle', bytes('a YZT-LOGIN-V1\0')],
    ['a DER string', bytes([0x30, 4, 0x0c, 2, 0x61, 0x62])],
    ['a set that ends before the message does', bytes(attributes, 'x')],
    ['zeros', new Uint8Array(100)],
  ])('ok/%s is signed', (_name, message) => expect(findForeignProtocol(message)).toBeNull())

  it('ok/no text is taken for a structure', () => {
    const digits = fc.string({ unit: fc.constantFrom('0', '1', ' ', 'a', '\n'), maxLength: 200 })
    fc.assert(
      fc.property(fc.oneof(fc.string(), digits), (text) => findForeignProtocol(bytes(text)) !== 'der_structure'),
      { numRuns: 2000 },
    )
  })

  it('ok/hostile nesting ends at once', () => {
    const deep = new Uint8Array(Buffer.alloc(1_000_000, '3080', 'hex'))
    expect(findForeignProtocol(deep)).toBeNull()
    expect(findForeignProtocol(bytes([0x31, 0x80], new Uint8Array(1_000_000).fill(0x30)))).toBeNull()
  })
})
