import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from 'vitest'

import { oids } from '../algorithms/oids.ts'
import { oid, sequence, smallInteger } from '../asn1/writer.ts'
import { fromUtf8, toHex } from '../bytes/encodings.ts'
import { decodeSm2Signature } from '../gm/sm2-signature.ts'
import { writePem } from '../keys/pem.ts'
import { generatePrivateKey, openPrivateKey } from '../keys/private-key.ts'
import { legacyAlgorithms } from '../path/algorithm-policy.ts'
import { createSoftKey } from '../testing/soft-key.ts'
import { prepareCertificationRequest, readCertificationRequest } from './certification-request.ts'
import { keyUsage, subjectAltName } from './extensions.ts'
import { signStructure } from './signed-structure.ts'

const codeOf = async (run: () => unknown): Promise<string> => {
  try {
    await run()
    return 'no error'
  } catch (error) {
    const { code, details } = error as { code: string; details: { reason?: string; field?: string } }
    return `${code} ${details.reason ?? details.field ?? ''}`.trim()
  }
}

/** Made by CFCA's SADK and by TrustAsia's page; from emmansun/gmsm (MIT). */
const foreign = {
  sadk: `-----BEGIN CERTIFICATE REQUEST-----
MIIBtDCCAVgCAQAwPjEYMBYGA1UEAwwPY2VydFJlcXVpc2l0aW9uMRUwEwYDVQQK
DAxDRkNBIFRFU1QgQ0ExCzAJBgNVBAYTAkNOMFkwEwYHKoZIzj0CAQYIKoEcz1UB
gi0DQgAEBtbaBT0KiK9mSUPnTOVCMydUWbSr0DkHi6i3GAuE0d1+/7ROMhVvWpz6
OFP4T6CeZggKwvxwrCL/rj3vR/R6rqCBtzATBgkqhkiG9w0BCQcTBjExMTExMTCB
nwYJKoZIhvcNAQk/BIGRMIGOAgEBBIGIALQAAAABAAAouT7CmwV94vbCwPIwBag6
SSoEh+WxOcV6Sp5xjVSdIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
e0nExPMojCs0CdTvzhh7kakxQBQF6mLFeUGJ9IjIH4IAAAAAAAAAAAAAAAAAAAAA
AAAAAAAAAAAAAAAAAAAAADAMBggqgRzPVQGDdQUAA0gAMEUCIFtu6pSUf8yOxgqo
fpFA45HniI2StqJomsjYqIMH6jEYAiEAuLl7Q42zA8sR7U5nOza88ehpqV0TdzZq
XAZJg0bKNMY=
-----END CERTIFICATE REQUEST-----
`,
  trustAsia: `-----BEGIN CERTIFICATE REQUEST-----
MIIB3DCCAYECAQAwRjELMAkGA1UEBhMCQ04xDzANBgNVBAgTBlpodWhhaTESMBAG
A1UEBxMJR3Vhbmdkb25nMRIwEAYDVQQDEwlURVNUIENFUlQwWTATBgcqhkjOPQIB
BggqgRzPVQGCLQNCAARGJcrt6CdYj+keIe3dVUfgFUY4rB9otZg4rneLhtkJbnhX
/NOH7lBYOifxCUpS77WlAmHqZ4X3IxWcq6QCsMpYoIHYMA0GCSqGSIb3DQEJBxMA
MIGfBgkqhkiG9w0BCT8EgZEwgY4CAQEEgYgAtAAAAAEAAJLVPiiG5UmFz2/ZPjgE
E/88SRe2O24QzIC9hpIVDYHyAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
AACAIx+hRlrU3htrIPZQOxeIyizbX8Y1ZoUQ6sF6l/byRQAAAAAAAAAAAAAAAAAA
AAAAAAAAAAAAAAAAAAAAAAAAMCUGCSqGSIb3DQEJDjEYMBYwFAYDVR0RBA0wC4IJ
VEVTVCBDRVJUMAwGCCqBHM9VAYN1BQADRwAwRAIgdAK3Jgs47/ATROPmvh06F0DG
8+esUW+7jahyNvKhLRYCIGKjS7FIYI2qG4scPsHZ+qyBNRIfUP7w8c/PQSaXmzqD
-----END CERTIFICATE REQUEST-----
`,
}

describe('certification requests of others', () => {
  test('ok/CFCA’s, with password and temporary key', () => {
    const request = readCertificationRequest(Buffer.from(foreign.sadk))
    expect(request).toMatchObject({ challengePassword: '111111', key: { type: 'sm2' }, extensions: [] })
    expect(request.subject.commonName).toBe('certRequisition')
    const bare = Buffer.from(foreign.sadk.replaceAll(/-----.*-----/g, ''))
    expect(readCertificationRequest(bare).spki).toEqual(request.spki)
    expect(toHex(request.temporaryKey!)).toContain('28b93ec29b057de2f6c2c0f23005a83a492a0487e5b139c57a4a9e718d549d20')
  })
  test('fail/TrustAsia’s, which signs the digest of the request as if it were the request', async () => {
    expect(await codeOf(() => readCertificationRequest(Buffer.from(foreign.trustAsia)))).toBe(
      'certificate.request_malformed signature_invalid',
    )
  })
})

describe('certification requests', () => {
  test.each(['SM2', 'P-256', 'P-521', 'rsa-2048'] as const)('ok/%s there and back', async (kind) => {
    const key = await generatePrivateKey(kind)
    const wish = [keyUsage(['digitalSignature', 'nonRepudiation']), subjectAltName([{ email: 'a@example.cn' }])]
    const subject = [
      ['C', 'CN'],
      ['O', '某某科技有限公司'],
      ['CN', '张三'],
    ] as const
    const prepared = prepareCertificationRequest({
      spki: key.spki,
      subject,
      extensions: wish,
      challengePassword: '密码',
    })
    const der = await signStructure(prepared, key)
    const request = readCertificationRequest(Buffer.from(writePem('CERTIFICATE REQUEST', der)))
    expect(request.subject.text).toBe('CN=张三, O=某某科技有限公司, C=CN')
    expect(request).toMatchObject({ spki: key.spki, challengePassword: '密码', temporaryKey: null })
    expect(request.extensions).toEqual(wish.map((item) => ({ ...item, value: expect.any(Uint8Array) as unknown })))
    const changed = Uint8Array.from(der)
    changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1
    expect(await codeOf(() => readCertificationRequest(changed))).toBe(
      'certificate.request_malformed signature_invalid',
    )
    const other = await generatePrivateKey(kind)
    expect(await codeOf(() => signStructure(prepared, other))).toBe('key.mismatch')
  })

  test('fail/a key that is too short, unless the caller has a policy of its own', async () => {
    const key = createSoftKey('rsa-1024')
    const prepared = prepareCertificationRequest({ spki: key.spki, subject: [['CN', 'x']] })
    const der = prepared.finish(key.sign(prepared.algorithm, prepared.toBeSigned))
    expect(await codeOf(() => readCertificationRequest(der))).toBe('certificate.request_malformed key_too_short')
    expect(readCertificationRequest(der, legacyAlgorithms).key.bits).toBe(1024)
  })

  test('ok/a token’s r‖s becomes DER, and nothing is asked for', async () => {
    const key = await generatePrivateKey('SM2')
    const prepared = prepareCertificationRequest({ spki: key.spki, subject: [['CN', 'x']] })
    const der = await key.sign('sm2-sm3', prepared.toBeSigned)
    expect(readCertificationRequest(prepared.finish(decodeSm2Signature(der)))).toMatchObject({
      challengePassword: null,
      extensions: [],
    })
  })

  test('ok/a key marked for PSS signs with PSS', async () => {
    const { privateKey } = generateKeyPairSync('rsa-pss', { modulusLength: 2048 })
    const key = openPrivateKey(privateKey.export({ type: 'pkcs8', format: 'der' }))
    const prepared = prepareCertificationRequest({ spki: key.spki, subject: [['CN', 'x']] })
    expect(prepared.algorithm).toBe('rsa-pss-sha256')
    expect(readCertificationRequest(await signStructure(prepared, key)).key.oid).toBe(oids.rsaPss)
  })

  test('ok/in CFCA’s dialect', async () => {
    const [key, temporary] = await Promise.all([generatePrivateKey('SM2'), generatePrivateKey('SM2')])
    const prepared = prepareCertificationRequest({
      spki: key.spki,
      subject: [['CN', 'certRequisition']],
      challengePassword: '111111',
      temporaryKey: temporary.spki,
    })
    const request = readCertificationRequest(await signStructure(prepared, key))
    expect(request).toMatchObject({ challengePassword: '111111', temporaryKey: temporary.spki })
    expect(toHex(request.der)).toContain('06092a864886f70d0109071306313131313131')
    const rsa = await generatePrivateKey('P-256')
    expect(
      await codeOf(() =>
        prepareCertificationRequest({ spki: key.spki, subject: [['CN', 'x']], temporaryKey: rsa.spki }),
      ),
    ).toBe('key.mechanism_unsupported')
  })

  const sha1Rsa = sequence(oid(oids.sha1WithRsa))
  test.each<[string, () => Uint8Array]>([
    ['no_request', () => fromUtf8('nothing')],
    ['no_request', () => Buffer.from(foreign.sadk.replaceAll('CERTIFICATE REQUEST', 'CERTIFICATE'))],
    ['truncated', () => Buffer.from(foreign.sadk.replaceAll(/-----.*-----/g, ''), 'base64').subarray(0, 200)],
    ['unexpected_tag', () => sequence(smallInteger(0))],
    ['element_missing', () => sequence(sequence(), sha1Rsa)],
    ['version', () => sequence(sequence(smallInteger(1)), sha1Rsa, Uint8Array.of(3, 1, 0))],
  ])('fail/%s', async (reason, make) => {
    expect(await codeOf(() => readCertificationRequest(make()))).toBe(`certificate.request_malformed ${reason}`)
  })

  test.each<[string, readonly (readonly ['C' | 'CN' | 'O' | 'emailAddress' | 'serialNumber', string])[]]>([
    ['country', [['C', '中国']]],
    ['country', [['C', 'cn']]],
    ['empty', [['CN', '']]],
    ['too_long', [['O', '长'.repeat(65)]]],
    ['control_character', [['CN', 'a\nb']]],
    ['not_ascii', [['emailAddress', '某@example.cn']]],
    ['not_printable_string', [['serialNumber', 'a_b']]],
  ])('fail/a name: %s', async (reason, subject) => {
    const { spki } = await generatePrivateKey('SM2')
    expect(await codeOf(() => prepareCertificationRequest({ spki, subject }))).toBe(`request.invalid ${reason}`)
  })
})
