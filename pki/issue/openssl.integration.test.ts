import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { toHex } from '../bytes/encodings.ts'
import { readPrivateKey, writePrivateKey } from '../keys/key-file.ts'
import { writePem } from '../keys/pem.ts'
import { generatePrivateKey } from '../keys/private-key.ts'
import { issueWith } from '../testing/issue-chain.ts'
import type { IssuedWithKey } from '../testing/issue-chain.ts'
import { createWorkbench } from '../testing/tools.ts'
import type { Workbench } from '../testing/tools.ts'
import { parseCertificates } from '../x509/certificate.ts'
import { prepareCertificationRequest, readCertificationRequest } from './certification-request.ts'
import { prepareCrl } from './crl.ts'
import {
  authorityInfoAccess,
  certificatePolicies,
  crlDistributionPoints,
  freshestCrl,
  inhibitAnyPolicy,
  issuerAltName,
  keyUsage,
  nameConstraints,
  policyConstraints,
  policyMappings,
  subjectAltName,
} from './extensions.ts'
import { readOcspRequest } from '../revocation/ocsp-request.ts'
import { isIssuedBy, prepareOcspResponse } from './ocsp-response.ts'
import { signStructure } from './signed-structure.ts'

let bench: Workbench
const DISTID = 'distid:1234567812345678'
const openssl = async (...args: string[]): Promise<string> => {
  const { status, output } = await bench.run('openssl', ...args)
  expect(`${output}${status}`).toBe(`${output}0`)
  return output
}
const read = (name: string) => readFile(bench.file(name))
const certificatePem = ({ certificate }: IssuedWithKey) => writePem('CERTIFICATE', certificate.der)

beforeAll(async () => {
  bench = await createWorkbench()
})
afterAll(() => bench.close())

describe.each(['SM2', 'P-256', 'rsa-2048'] as const)('%s, judged by OpenSSL', (kind) => {
  const isSm2 = kind === 'SM2'
  const verifyOptions = isSm2 ? ['-vfyopt', DISTID] : []
  let root: IssuedWithKey
  let authority: IssuedWithKey
  let leaf: IssuedWithKey
  let responder: IssuedWithKey
  const now = new Date()
  const days = (count: number) => new Date(now.getTime() + count * 86_400_000)

  beforeAll(async () => {
    const validity = { notBefore: days(-10), notAfter: days(300) }
    root = await issueWith('root', '根', kind, undefined, validity)
    authority = await issueWith('authority', '签发', kind, root, validity)
    leaf = await issueWith('signing', '张三', kind, authority, validity)
    responder = await issueWith('ocspResponder', '状态', kind, authority, validity)
    await bench.write('root.pem', certificatePem(root))
    await bench.write('ca.pem', certificatePem(authority))
    await bench.write('leaf.pem', certificatePem(leaf))
    await bench.write('responder.pem', certificatePem(responder))
    await bench.write('responder.key', await writePrivateKey(responder.key))
    const crl = prepareCrl({
      issuer: authority.certificate,
      number: 2n ** 70n,
      thisUpdate: days(-1),
      nextUpdate: days(7),
      revoked: [
        { serial: leaf.certificate.serialBytes, revokedAt: days(-1), reason: 'superseded', invalidSince: days(-2) },
      ],
    })
    await bench.write('crl.pem', writePem('X509 CRL', await signStructure(crl, authority.key)))
  })

  /** OpenSSL 3.0 gives the ID of SM2 to the first certificate alone, so each is judged below its issuer. */
  const judge = (name: string, issuer: string, ...options: string[]) =>
    openssl('verify', ...verifyOptions, '-x509_strict', '-partial_chain', '-trusted', issuer, ...options, name)

  test('ok/a chain, strictly', async () => {
    const tsa = await issueWith('timestamping', '时间', kind, authority, { notBefore: days(-1), notAfter: days(200) })
    await bench.write('tsa.pem', certificatePem(tsa))
    expect(await judge('ca.pem', 'root.pem')).toContain(': OK')
    expect(await judge('leaf.pem', 'ca.pem', '-purpose', 'smimesign')).toContain(': OK')
    expect(await judge('tsa.pem', 'ca.pem', '-purpose', 'timestampsign')).toContain(': OK')
    expect(await judge('responder.pem', 'ca.pem', '-purpose', 'ocsphelper')).toContain(': OK')
    if (isSm2) return
    const chain = ['-CAfile', 'root.pem', '-untrusted', 'ca.pem', '-x509_strict', '-policy_check']
    expect(await openssl('verify', ...chain, 'leaf.pem')).toContain(': OK')
  })

  test('ok/a list of the revoked', async () => {
    const text = await openssl('crl', '-in', 'crl.pem', '-noout', '-text')
    for (const part of ['Superseded', 'Invalidity Date', `Serial Number: ${leaf.certificate.serial.toUpperCase()}`]) {
      expect(text).toContain(part)
    }
    if (!isSm2) expect(await openssl('crl', '-in', 'crl.pem', '-noout', '-CAfile', 'ca.pem')).toContain('verify OK')
    if (isSm2) return
    const chain = ['-CAfile', 'root.pem', '-untrusted', 'ca.pem', '-CRLfile', 'crl.pem', '-crl_check']
    expect((await bench.run('openssl', 'verify', ...chain, 'leaf.pem')).output).toContain('certificate revoked')
    expect(await openssl('verify', ...chain, 'responder.pem')).toContain(': OK')
  })

  test('ok/a request there', async () => {
    const key = await generatePrivateKey(kind)
    const prepared = prepareCertificationRequest({
      spki: key.spki,
      subject: [
        ['C', 'CN'],
        ['CN', '张三'],
      ],
      extensions: [keyUsage(['digitalSignature']), subjectAltName([{ dns: 'a.cn' }, { ip: '::1' }])],
      challengePassword: 'secret 1',
    })
    await bench.write('our.csr', writePem('CERTIFICATE REQUEST', await signStructure(prepared, key)))
    const text = await openssl(
      'req',
      '-in',
      'our.csr',
      '-noout',
      '-text',
      '-nameopt',
      'utf8',
      '-verify',
      ...verifyOptions,
    )
    for (const part of ['verify OK', 'CN=张三', 'DNS:a.cn, IP Address:0:0:0:0:0:0:0:1', 'secret 1']) {
      expect(text).toContain(part)
    }
  })

  test('ok/a request back', async () => {
    await bench.write('key.pem', await writePrivateKey(await generatePrivateKey(kind)))
    const digest = isSm2 ? ['-sm3', '-sigopt', DISTID] : ['-sha256']
    const wish = ['-addext', 'subjectAltName=DNS:b.cn', '-addext', 'keyUsage=digitalSignature']
    await openssl(
      'req',
      '-new',
      '-key',
      'key.pem',
      '-subj',
      '/CN=李四',
      '-utf8',
      ...digest,
      ...wish,
      '-out',
      'their.csr',
    )
    const request = readCertificationRequest(await read('their.csr'))
    expect(request.subject.commonName).toBe('李四')
    expect(request.extensions).toHaveLength(2)
    expect(request.spki).toEqual((await readPrivateKey(await read('key.pem'))).spki)
  })

  test('ok/a question of OCSP is read and the answer is understood', async () => {
    const certificates = ['-issuer', 'ca.pem', '-sha256', '-cert', 'leaf.pem', '-sha256', '-cert', 'responder.pem']
    await openssl('ocsp', ...certificates, '-reqout', 'request.der')
    const { certificates: asked, nonce } = readOcspRequest(await read('request.der'))
    expect(asked.map((requested) => isIssuedBy(requested, authority.certificate))).toEqual([true, true])
    expect(asked.map(({ serial }) => toHex(serial))).toEqual(
      [leaf, responder].map(({ certificate }) => toHex(certificate.serialBytes)),
    )
    expect(nonce).not.toBeNull()
    const revoked = { kind: 'revoked', revokedAt: days(-1), reason: 'keyCompromise' } as const
    const prepared = prepareOcspResponse({
      responder: responder.certificate,
      isDelegated: true,
      producedAt: now,
      answers: asked.map((requested, index) => ({
        requested,
        status: index === 0 ? revoked : { kind: 'good' as const },
        thisUpdate: now,
        nextUpdate: days(1),
      })),
      nonce,
    })
    await bench.write('response.der', await signStructure(prepared, responder.key))
    const trust = ['-CAfile', 'root.pem', '-verify_other', 'ca.pem']
    // OpenSSL 3.0's responses know no ID for SM2: the signature is judged by itself, below.
    const check = isSm2 ? ['-noverify'] : trust
    const text = await openssl('ocsp', ...certificates, '-no_nonce', '-respin', 'response.der', ...check)
    expect(text).toMatch(/leaf.pem: revoked[^]*Reason: keyCompromise[^]*responder.pem: good/)
    await bench.write('data.bin', prepared.toBeSigned)
    await bench.write('signature.bin', await responder.key.sign(prepared.algorithm, prepared.toBeSigned))
    if (!isSm2) return
    await openssl('x509', '-in', 'responder.pem', '-pubkey', '-noout', '-out', 'responder.pub')
    const signature = ['-in', 'data.bin', '-sigfile', 'signature.bin', '-pubin', '-inkey', 'responder.pub']
    const judged = await openssl('pkeyutl', '-verify', '-rawin', '-digest', 'sm3', '-pkeyopt', DISTID, ...signature)
    expect(judged).toContain('Signature Verified Successfully')
  })
})

test('ok/OpenSSL understands every extension', async () => {
  const root = await issueWith('root', '根', 'P-256', undefined, {
    extensions: [
      certificatePolicies([{ policy: '1.2.3.4', cps: 'http://a.cn/cps', notice: '说明' }]),
      policyMappings([['1.2.3.4', '1.2.3.5']]),
      policyConstraints({ requireExplicitPolicy: 1, inhibitPolicyMapping: 2 }),
      inhibitAnyPolicy(3),
      nameConstraints({ permitted: [{ dns: 'a.cn' }, { email: '.a.cn' }], excluded: [{ ip: '10.0.0.0/8' }] }),
      subjectAltName([{ uri: 'http://a.cn' }, { directory: [['CN', '某']] }, { registeredId: '1.2.3' }]),
      issuerAltName([{ email: 'a@a.cn' }]),
      crlDistributionPoints([
        { names: [{ uri: 'http://a.cn/crl' }], reasons: [1, 4], crlIssuer: [{ directory: [['CN', 'x']] }] },
      ]),
      freshestCrl([{ names: [{ uri: 'http://a.cn/delta' }] }]),
      authorityInfoAccess({ ocsp: ['http://a.cn/ocsp'], issuers: ['http://a.cn/cer'] }),
    ],
  })
  await bench.write('all.pem', certificatePem(root))
  const text = await openssl('x509', '-in', 'all.pem', '-noout', '-text', '-nameopt', 'utf8')
  for (const part of [
    'CPS: http://a.cn/cps',
    '1.2.3.4:1.2.3.5',
    'Require Explicit Policy:1, Inhibit Policy Mapping:2',
    'Inhibit Any Policy: critical\n                3',
    'IP:10.0.0.0/255.0.0.0',
    'email:.a.cn',
    'URI:http://a.cn, DirName:',
    'Registered ID:1.2.3',
    'email:a@a.cn',
    'Key Compromise, Superseded',
    'URI:http://a.cn/delta',
    'OCSP - URI:http://a.cn/ocsp',
    'CA Issuers - URI:http://a.cn/cer',
  ]) {
    expect(text).toContain(part)
  }
  expect(parseCertificates(await read('all.pem'))[0]?.serial).toMatch(/^[4-7][0-9a-f]{39}$/)
})
