import { beforeAll, describe, expect, test } from 'vitest'

import { digest } from '../algorithms/digest.ts'
import { oids } from '../algorithms/oids.ts'
import { publicPointOf } from '../algorithms/public-key.ts'
import { octetString, oid, sequence, unsignedInteger } from '../asn1/writer.ts'
import { toHex } from '../bytes/encodings.ts'
import { generatePrivateKey } from '../keys/private-key.ts'
import { validatePath } from '../path/validate.ts'
import { parseCrl } from '../revocation/crl.ts'
import { parseOcspResponse } from '../revocation/ocsp.ts'
import { createSoftKey } from '../testing/soft-key.ts'
import { issue } from '../testing/test-ca.ts'
import { issueWith } from '../testing/issue-chain.ts'
import type { IssuedWithKey } from '../testing/issue-chain.ts'
import { extensionOids } from '../x509/extension-oids.ts'
import { readCertificatePolicies } from '../x509/policy-extensions.ts'
import { prepareCertificate } from './certificate.ts'
import type { CertificateInput } from './certificate.ts'
import { prepareCrl } from './crl.ts'
import type { CrlInput } from './crl.ts'
import { readCsrResponse, writeCsrResponse } from './csr-response.ts'
import { basicConstraints, nameConstraints, policyConstraints, subjectAltName } from './extensions.ts'
import { encodeGeneralName } from './general-names.ts'
import type { GeneralNameInput } from './general-names.ts'
import { holderExtensions } from './holder-extensions.ts'
import { isIssuedBy, ocspFailure, prepareOcspResponse } from './ocsp-response.ts'
import type { CertificateStatus } from './ocsp-response.ts'
import { signStructure } from './signed-structure.ts'

const at = new Date('2026-06-01T00:00:00Z')
const codeOf = async (run: () => unknown): Promise<string> => {
  try {
    await run()
    return 'no error'
  } catch (error) {
    const { code, details } = error as { code: string; details: { reason?: string; field?: string } }
    return `${code} ${details.field ?? ''} ${details.reason ?? ''}`.trim()
  }
}
const publication = {
  crls: ['http://crl.example.cn/1.crl'],
  ocsp: ['http://ocsp.example.cn'],
  issuers: ['http://ca.example.cn/1.cer'],
  policies: [{ policy: '1.2.156.1', cps: 'https://ca.example.cn/cps', notice: '仅供测试' }],
}

describe.each(['SM2', 'P-256', 'P-384', 'rsa-2048'] as const)('an authority with %s', (kind) => {
  let root: IssuedWithKey
  let authority: IssuedWithKey
  let leaf: IssuedWithKey
  beforeAll(async () => {
    const years = { notBefore: new Date('2020-01-01Z'), notAfter: new Date('2050-01-01Z') }
    root = await issueWith('root', '根', kind, undefined, years)
    authority = await issueWith('authority', '签发', kind, root, years)
    leaf = await issueWith('signing', '张三', kind, authority, { publication })
  })
  const check = (certificate: IssuedWithKey, options: Partial<Parameters<typeof validatePath>[0]> = {}) =>
    validatePath({
      certificate: certificate.certificate,
      intermediates: [authority.certificate],
      anchors: [root.certificate],
      at,
      profile: 'rfc5280',
      ...options,
    })
  const failures = (report: ReturnType<typeof check>) => report.failures.map(({ rule, index }) => `${rule}@${index}`)

  test('ok/its certificates pass validation and say what they are for', async () => {
    expect(failures(check(leaf))).toEqual([])
    expect(leaf.certificate).toMatchObject({
      keyUsage: ['digitalSignature', 'nonRepudiation'],
      authorityKeyIdentifier: authority.certificate.subjectKeyIdentifier,
      basicConstraints: { isCa: false, pathLength: null },
    })
    expect(authority.certificate.basicConstraints).toEqual({ isCa: true, pathLength: 0 })
    expect(leaf.certificate.subject.text).toBe('CN=张三, O=某某科技有限公司, C=CN')
    expect(leaf.certificate.serialBytes).toHaveLength(20)
    const policies = leaf.certificate.extensions.find(({ oid }) => oid === extensionOids.certificatePolicies)
    expect(readCertificatePolicies(policies!.value)[0]?.qualifiers.map(({ text }) => text)).toEqual([
      'https://ca.example.cn/cps',
      '仅供测试',
    ])
  })

  test.each([
    ['encryption', ['keyEncipherment', 'dataEncipherment', ...(kind === 'rsa-2048' ? [] : ['keyAgreement'])], null],
    ['timestamping', ['digitalSignature'], ['1.3.6.1.5.5.7.3.8']],
    ['ocspResponder', ['digitalSignature'], ['1.3.6.1.5.5.7.3.9']],
  ] as const)('ok/%s', async (profile, keyUsage, extendedKeyUsage) => {
    const issued = await issueWith(profile, profile, kind, authority)
    expect(failures(check(issued))).toEqual([])
    expect(issued.certificate).toMatchObject({ keyUsage, extendedKeyUsage })
    const purpose = issued.certificate.extensions.find(({ oid }) => oid === extensionOids.extendedKeyUsage)
    expect(purpose?.isCritical).toBe(profile === 'encryption' ? undefined : profile === 'timestamping')
  })

  const lists = (changes: Partial<CrlInput> = {}): CrlInput => ({
    issuer: authority.certificate,
    number: 7n,
    thisUpdate: new Date('2026-05-31Z'),
    nextUpdate: new Date('2026-06-07Z'),
    revoked: [],
    ...changes,
  })
  const crl = async (changes: Partial<CrlInput> = {}) =>
    parseCrl(await signStructure(prepareCrl(lists(changes)), authority.key))
  const entry = (reason?: CrlInput['revoked'][number]['reason']) => ({
    serial: leaf.certificate.serialBytes,
    revokedAt: new Date('2026-05-01Z'),
    ...(reason === undefined ? {} : { reason }),
  })
  const status = (crls: Awaited<ReturnType<typeof crl>>[]) =>
    check(leaf, { crls, revocation: { scope: 'target' } }).statuses[0]

  test('ok/full lists, with reasons and without', async () => {
    expect(status([await crl()])).toMatchObject({ state: 'good' })
    expect(status([await crl({ revoked: [entry()] })])).toMatchObject({ state: 'revoked' })
    const list = await crl({ revoked: [{ ...entry('keyCompromise'), invalidSince: new Date('2026-04-01Z') }] })
    expect(status([list])).toMatchObject({ state: 'revoked', reason: 'keyCompromise' })
    expect(list.find(leaf.certificate.serialBytes, leaf.certificate.issuer)?.invalidityDate).toEqual(
      new Date('2026-04-01Z'),
    )
    expect(list.crlNumber).toBe(7n)
  })

  test('ok/delta lists, partitions', async () => {
    const full = await crl({ revoked: [entry('certificateHold')], freshest: [{ names: [{ uri: 'http://d' }] }] })
    const delta = await crl({ number: 8n, baseNumber: 7n, revoked: [entry('removeFromCRL')] })
    expect([full.deltaBase, delta.deltaBase]).toEqual([null, 7n])
    expect(status([full])).toMatchObject({ state: 'revoked', reason: 'certificateHold' })
    expect(status([full, delta])).toMatchObject({ state: 'good' })
    const names = publication.crls.map((uri) => ({ uri }))
    expect(status([await crl({ distributionPoint: { names, only: 'user' } })])).toMatchObject({ state: 'good' })
    expect(status([await crl({ distributionPoint: { names, only: 'ca' } })])).toMatchObject({ state: 'unknown' })
  })

  test('ok/a list of very many', async () => {
    if (kind !== 'P-256') return
    const revoked = Array.from({ length: 150_000 }, (_, index) => ({
      serial: Uint8Array.of(1, index >> 16, index >> 8, index),
      revokedAt: at,
    }))
    expect((await crl({ revoked })).entryCount).toBe(150_000)
  })

  test('fail/lists that cannot be', async () => {
    expect(await codeOf(() => crl({ nextUpdate: new Date('2026-05-31Z') }))).toBe('request.invalid nextUpdate')
    expect(await codeOf(() => crl({ revoked: [entry('removeFromCRL')] }))).toBe('request.invalid reason only_in_deltas')
  })

  const answer = async (
    status: CertificateStatus,
    responder: IssuedWithKey,
    isDelegated: boolean,
    nonce: Uint8Array | null,
  ) => {
    const hashes = [authority.certificate.subject.der, publicPointOf(authority.certificate.spki)]
    const [issuerNameHash = hashes[0]!, issuerKeyHash = hashes[0]!] = hashes.map((bytes) => digest('sha256', bytes))
    const serial = leaf.certificate.serialBytes
    const id = sequence(
      sequence(oid(oids.sha256)),
      octetString(issuerNameHash),
      octetString(issuerKeyHash),
      unsignedInteger(serial),
    )
    const requested = { der: id, hash: 'sha256' as const, issuerNameHash, issuerKeyHash, serial }
    expect([isIssuedBy(requested, authority.certificate), isIssuedBy(requested, root.certificate)]).toEqual([
      true,
      false,
    ])
    const prepared = prepareOcspResponse({
      responder: responder.certificate,
      isDelegated,
      producedAt: at,
      answers: [{ requested, status, thisUpdate: at, nextUpdate: new Date('2026-06-02Z') }],
      nonce,
    })
    return parseOcspResponse(await signStructure(prepared, responder.key))
  }

  test('fail/who answers when its certificate is not valid, or was given for something else', async () => {
    const early = await issueWith('ocspResponder', 'OCSP', kind, authority, { notAfter: new Date('2026-05-01Z') })
    const late = await issueWith('ocspResponder', 'OCSP', kind, authority, { notBefore: new Date('2026-07-01Z') })
    for (const responder of [early, late]) {
      const answered = codeOf(() => answer({ kind: 'good' }, responder, true, null))
      expect(await answered).toBe('request.invalid responder not_valid_then')
    }
    const refused = codeOf(() => answer({ kind: 'good' }, leaf, true, null))
    expect(await refused).toBe('request.invalid responder extended_key_usage')
  })

  test('ok/answers of OCSP, its own and a delegate’s', async () => {
    const responder = await issueWith('ocspResponder', 'OCSP', kind, authority)
    const nonce = Uint8Array.of(1, 2, 3)
    const revoked = { kind: 'revoked', revokedAt: new Date('2026-05-01Z'), reason: 'superseded' } as const
    const ask = async (said: CertificateStatus, by: IssuedWithKey, isDelegated: boolean) =>
      check(leaf, {
        ocspResponses: [await answer(said, by, isDelegated, nonce)],
        revocation: { scope: 'target', nonce },
      }).statuses[0]
    expect(await ask({ kind: 'good' }, authority, false)).toMatchObject({ state: 'good', source: 'ocsp' })
    expect(await ask({ kind: 'good' }, responder, true)).toMatchObject({ state: 'good', source: 'ocsp' })
    expect(await ask(revoked, responder, true)).toMatchObject({ state: 'revoked', reason: 'superseded' })
    expect(await ask({ kind: 'unknown' }, authority, false)).toMatchObject({ state: 'unknown' })
    expect(await ask({ kind: 'good' }, responder, false)).toMatchObject({ state: 'unknown' })
  })
})

describe('certificates', () => {
  let root: IssuedWithKey
  beforeAll(async () => {
    root = await issueWith('root', '根', 'SM2')
  })
  const prepare = (changes: Partial<CertificateInput>) =>
    prepareCertificate({
      subject: [['CN', 'x']],
      spki: root.key.spki,
      notBefore: new Date('2026-01-01Z'),
      notAfter: new Date('2026-02-01Z'),
      extensions: [],
      issuer: root.certificate,
      ...changes,
    })

  test.each<[string, () => Partial<CertificateInput>]>([
    ['notAfter before_not_before', () => ({ notAfter: new Date('2025-01-01Z') })],
    ['notAfter before_not_before', () => ({ notAfter: new Date('never') })],
    ['notAfter outlives_issuer', () => ({ notAfter: new Date('2027-01-02Z') })],
    ['serial', () => ({ serial: new Uint8Array(20) })],
    ['serial', () => ({ serial: new Uint8Array(21).fill(1) })],
    ['extensions extension_repeated', () => ({ extensions: [basicConstraints(false), basicConstraints(true)] })],
    ['residentId check', () => ({ extensions: holderExtensions({ residentId: '110105194912310021' }) })],
    ['organization check', () => ({ extensions: holderExtensions({ organization: '91350100M000100Y44' }) })],
    ['passport one_identity_code', () => ({ extensions: holderExtensions({ residentId: '', passport: 'E1' }) })],
    ['ip not_an_address', () => ({ extensions: [subjectAltName([{ ip: '1.2.3.400' }])] })],
    ['ip not_an_address', () => ({ extensions: [subjectAltName([{ ip: '1::2::3' }])] })],
    ['dns not_ascii', () => ({ extensions: [subjectAltName([{ dns: '中国.cn' }])] })],
  ])('fail/%s', async (reason, changes) => {
    expect(await codeOf(() => prepare(changes()))).toBe(`request.invalid ${reason}`)
  })

  test('fail/what no CA may sign, or nobody will take', async () => {
    const weak = createSoftKey('rsa-1024').spki
    const later = { notBefore: new Date('2026-01-15Z'), notAfter: new Date('2026-02-15Z') }
    const [leaf, young, closed, open] = await Promise.all([
      issueWith('signing', '张三', 'SM2', root),
      issueWith('authority', '新', 'SM2', root, later),
      issueWith('authority', '签发', 'SM2', root),
      issueWith('authority', '签发', 'SM2', root, { publication: { pathLength: 1 } }),
    ])
    const listsOnly = issue({ commonName: 'CA', isCa: true, keyUsage: [6], kind: 'sm2' }).certificate
    const ca = (pathLength?: number) => [basicConstraints(true, pathLength)]
    const below = ({ certificate }: IssuedWithKey, changes: Partial<CertificateInput> = {}) =>
      codeOf(() => prepare({ issuer: certificate, ...changes }))
    expect(await below(leaf)).toBe('request.invalid issuer not_a_ca')
    expect(await codeOf(() => prepare({ issuer: listsOnly }))).toBe('request.invalid issuer key_usage')
    expect(await below(young)).toBe('request.invalid notBefore precedes_issuer')
    expect(await below(young, { ...later })).toBe('no error')
    expect(await below(closed, { extensions: ca() })).toBe('request.invalid extensions path_length')
    expect(await below(open, { extensions: ca(1) })).toBe('request.invalid extensions path_length')
    expect(await below(open, { extensions: ca(0) })).toBe('no error')
    expect(await below(root, { extensions: ca(7) })).toBe('no error')
    // A new key of the same authority (RFC 5280 §6.1.4 (l)).
    const itself = closed.certificate.subject.der
    expect(await below(closed, { extensions: ca(0), subject: itself })).toBe('no error')
    expect(await below(root, { spki: weak })).toBe('request.invalid spki key_too_short')
  })

  test('fail/nothing leaves that its issuer did not sign, or cannot sign', async () => {
    const other = await generatePrivateKey('SM2')
    expect(await codeOf(() => signStructure(prepare({}), other))).toBe('key.mismatch')
    expect(await codeOf(() => prepare({ algorithm: 'ecdsa-sha256' }))).toBe('key.mechanism_unsupported')
  })

  test('ok/numbers of the holder are found again', async () => {
    const numbers = { residentId: '11010519491231002X', organization: '91350100M000100Y43', tax: '91350100M000100Y43' }
    const { certificate } = await issueWith('signing', '张三', 'SM2', root, { extensions: holderExtensions(numbers) })
    expect(certificate.identity).toMatchObject({
      residentId: '11010519491231002X',
      creditCode: '91350100M000100Y43',
      taxNumber: '91350100M000100Y43',
    })
  })

  test.each<[string, GeneralNameInput]>([
    ['87040a000001', { ip: '10.0.0.1' }],
    ['87080a000000ff000000', { ip: '10.0.0.0/8' }],
    ['8708c0a80080ffffff80', { ip: '192.168.0.128/25' }],
    ['871020010db8000000000000000000000001', { ip: '2001:db8::1' }],
    ['871000000000000000000000ffff01020304', { ip: '::ffff:1.2.3.4' }],
    ['8203612e62', { dns: 'a.b' }],
    ['88032a0304', { registeredId: '1.2.3.4' }],
    ['a412301031 0e 300c06035504030c05e5bca0e4b8'.replaceAll(' ', ''), { directory: [['CN', '张']] }],
    ['a012060a2b060104018237140203a0040c026140', { other: '1.3.6.1.4.1.311.20.2.3', text: 'a@' }],
  ])('ok/general names: %s', (hex, name) => {
    const encoded = toHex(encodeGeneralName(name))
    expect(encoded).toBe('directory' in name ? encoded : hex)
  })

  test('ok/constraints hold for those below', async () => {
    const ca = await issueWith('authority', 'CA', 'P-256', root, {
      publication: { policies: [{ policy: '2.5.29.32.0' }] },
      extensions: [
        nameConstraints({ permitted: [{ dns: 'example.cn' }], excluded: [{ ip: '10.0.0.0/8' }] }),
        policyConstraints({ requireExplicitPolicy: 0 }),
      ],
    })
    const below = (name: string, policies = [{ policy: '1.2.3' }]) =>
      issueWith('signing', 'x', 'P-256', ca, {
        publication: { policies },
        extensions: [subjectAltName([{ dns: name }])],
      })
    const rules = async (issued: IssuedWithKey) =>
      validatePath({
        certificate: issued.certificate,
        intermediates: [ca.certificate],
        anchors: [root.certificate],
        at,
      }).failures.map(({ rule }) => rule)
    expect(await rules(await below('a.example.cn'))).toEqual([])
    expect(await rules(await below('a.example.com'))).toEqual(['name_not_permitted'])
    expect(await rules(await below('a.example.cn', []))).toContain('policy_required')
  })

  test('ok/a responder that cannot answer says so', () => expect(toHex(ocspFailure('tryLater'))).toBe('30030a0103'))
})

describe('CSRResponse', () => {
  test('ok/certificates and escrowed key there and back, each checked against its key', async () => {
    const root = await issueWith('root', '根', 'SM2')
    const [signing, encryption] = await Promise.all([
      issueWith('signing', '签名', 'SM2', root),
      issueWith('encryption', '加密', 'SM2', root),
    ])
    const input = {
      signing: [signing.certificate, root.certificate],
      encryption: { key: encryption.key, certificates: [encryption.certificate, root.certificate] },
    } as const
    const der = writeCsrResponse(input)
    const response = await readCsrResponse(der, signing.key)
    expect(response.encryptionKey?.spki).toEqual(encryption.key.spki)
    expect(response.signing.map(({ subject }) => subject.commonName)).toEqual(['签名', '根'])
    expect(response.encryption.map(({ subject }) => subject.commonName)).toEqual(['加密', '根'])
    expect(await readCsrResponse(writeCsrResponse({ signing: [signing.certificate] }), signing.key)).toMatchObject({
      encryption: [],
      encryptionKey: null,
    })

    expect(await codeOf(() => readCsrResponse(der, encryption.key))).toBe('key.mismatch')
    expect(await codeOf(() => readCsrResponse(der.subarray(0, 500), signing.key))).toBe(
      'certificate.malformed  truncated',
    )
    const swapped = { ...input, encryption: { ...input.encryption, certificates: [root.certificate] as const } }
    expect(await codeOf(() => writeCsrResponse(swapped))).toBe('key.mismatch')
  })
})
