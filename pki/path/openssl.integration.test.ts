import { readFile } from 'node:fs/promises'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { oid, sequence } from '../asn1/writer.ts'
import { parseCrl } from '../revocation/crl.ts'
import { createOcspRequest } from '../revocation/ocsp-request.ts'
import { parseOcspResponse } from '../revocation/ocsp.ts'
import type { SoftKeyKind } from '../testing/soft-key.ts'
import { issue } from '../testing/test-ca.ts'
import { createTestCrl, createTestOcspResponse } from '../testing/test-status.ts'
import { createWorkbench } from '../testing/tools.ts'
import type { Workbench } from '../testing/tools.ts'
import { parseCertificates } from '../x509/certificate.ts'
import { extensionOids } from '../x509/extension-oids.ts'
import { validatePath } from './validate.ts'

let bench: Workbench
beforeAll(async () => {
  bench = await createWorkbench()
})
afterAll(() => bench.close())

const openssl = async (line: string): Promise<{ status: number; output: string }> =>
  bench.run('openssl', ...line.split(' '))
const read = async (name: string): Promise<Uint8Array> => new Uint8Array(await readFile(bench.file(name)))
const certificateIn = async (name: string) => parseCertificates(await read(name))[0]!
const at = new Date('2025-01-01T00:00:00Z')
const attime = `-attime ${at.getTime() / 1000}`

const asserting = (...policies: string[]) => ({
  oid: extensionOids.certificatePolicies,
  isCritical: false,
  value: sequence(...policies.map((policy) => sequence(oid(policy)))),
})

describe('openssl and this path validation are of one mind', () => {
  it.each<SoftKeyKind>(['P-256', 'rsa-2048'])('on CRLs of our making (%s)', async (kind) => {
    const root = issue({ commonName: 'Root', isCa: true, kind })
    const ca = issue({ commonName: 'CA', isCa: true, kind, issuer: root })
    const [good, bad] = ['Good', 'Bad'].map((commonName) => issue({ commonName, kind, issuer: ca }))
    const crls = [createTestCrl(root), createTestCrl(ca, { entries: [{ certificate: bad!.certificate }] })]
    await bench.write('root.pem', root.pem)
    await bench.write('ca.pem', ca.pem)
    for (const [index, { der }] of crls.entries()) {
      await bench.write(`${index}.crl`, der)
      await openssl(`crl -inform DER -in ${index}.crl -out ${index}.pem`)
    }
    await bench.write(
      'crls.pem',
      `${await readFile(bench.file('0.pem'), 'utf8')}${await readFile(bench.file('1.pem'), 'utf8')}`,
    )
    for (const { pem, certificate } of [good!, bad!]) {
      await bench.write('leaf.pem', pem)
      const judged = await openssl(
        `verify -crl_check_all ${attime} -CAfile root.pem -untrusted ca.pem -CRLfile crls.pem leaf.pem`,
      )
      const input = { certificate, intermediates: [ca.certificate], anchors: [root.certificate], crls, at }
      expect(validatePath(input).isValid, judged.output).toBe(judged.status === 0)
      expect(judged.output).toContain(certificate === good!.certificate ? 'OK' : 'certificate revoked')
    }
  })

  it('on a CRL signed with SM2, for which openssl must be told the ID', async () => {
    const ca = issue({ commonName: 'SM2 CA', isCa: true, kind: 'sm2' })
    const { tbs, signature } = createTestCrl(ca)
    await bench.write('sm2.pem', ca.pem)
    await bench.write('tbs', tbs)
    await bench.write('signature', signature)
    await openssl('x509 -in sm2.pem -noout -pubkey -out sm2.pub')
    const options = '-rawin -digest sm3 -pkeyopt distid:1234567812345678'
    const judged = await openssl(`pkeyutl -verify -pubin -inkey sm2.pub -in tbs -sigfile signature ${options}`)
    expect(judged.output).toContain('Signature Verified Successfully')
  })

  it('on policies', async () => {
    const root = issue({ commonName: 'Root', isCa: true })
    const ca = issue({ commonName: 'CA', isCa: true, issuer: root, extensions: [asserting('1.2.3.1', '1.2.3.2')] })
    const leaf = issue({ commonName: 'Leaf', issuer: ca, extensions: [asserting('1.2.3.2', '1.2.3.3')] })
    await bench.write('root.pem', root.pem)
    await bench.write('ca.pem', ca.pem)
    await bench.write('leaf.pem', leaf.pem)
    for (const policy of ['1.2.3.1', '1.2.3.2', '1.2.3.3']) {
      const judged = await openssl(
        `verify -policy_check -explicit_policy -policy ${policy} ${attime} -CAfile root.pem -untrusted ca.pem leaf.pem`,
      )
      const report = validatePath({
        certificate: leaf.certificate,
        intermediates: [ca.certificate],
        anchors: [root.certificate],
        policies: [policy],
        requireExplicitPolicy: true,
        at,
      })
      expect(report.isValid, policy).toBe(judged.status === 0)
      expect(report.isValid, policy).toBe(policy === '1.2.3.2')
    }
  })

  it('on OCSP responses of our making', async () => {
    const ca = issue({ commonName: 'CA', isCa: true })
    const leaf = issue({ commonName: 'Leaf', issuer: ca })
    await bench.write('ca.pem', ca.pem)
    await bench.write('leaf.pem', leaf.pem)
    const now = new Date(Math.floor(Date.now() / 1000) * 1000)
    const times = { thisUpdate: now, nextUpdate: new Date(now.getTime() + 3_600_000) }
    for (const status of ['good', 'revoked', 'unknown'] as const) {
      const response = createTestOcspResponse(ca, leaf.certificate, ca.certificate, { status, reason: 1, ...times })
      await bench.write('response.der', response.der)
      const { output } = await openssl(
        'ocsp -respin response.der -issuer ca.pem -cert leaf.pem -CAfile ca.pem -no_nonce',
      )
      expect(output).toContain('Response verify OK')
      expect(output).toContain(`leaf.pem: ${status}`)
    }
  })

  it('on a CA run by openssl, its CRLs and its OCSP responder', async () => {
    await bench.write('index.txt', '')
    await bench.write('serial', '1000')
    await bench.write('crlnumber', '01')
    await bench.write(
      'ca.cnf',
      `[ca]
default_ca = one
[one]
database = index.txt
serial = serial
crlnumber = crlnumber
new_certs_dir = .
certificate = authority.pem
private_key = authority.key
default_md = sha256
default_days = 30
default_crl_days = 30
policy = any
crl_extensions = crl_ext
[any]
commonName = supplied
[crl_ext]
authorityKeyIdentifier = keyid
[responder]
extendedKeyUsage = OCSPSigning
keyUsage = digitalSignature
noCheck = yes
authorityKeyIdentifier = keyid
`,
    )
    await openssl(
      'req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=Authority -keyout authority.key -out authority.pem',
    )
    const subjects = ['alice', 'bob', 'responder']
    for (const subject of subjects) {
      await openssl(`req -newkey rsa:2048 -nodes -subj /CN=${subject} -keyout ${subject}.key -out ${subject}.csr`)
      const extensions = subject === 'responder' ? ' -extensions responder' : ''
      const issued = await openssl(
        `ca -config ca.cnf -batch -in ${subject}.csr -out ${subject}.pem -notext${extensions}`,
      )
      expect(issued.status, issued.output).toBe(0)
    }
    await openssl('ca -config ca.cnf -revoke bob.pem -crl_reason keyCompromise')
    await openssl('ca -config ca.cnf -gencrl -out list.pem')
    await openssl('crl -in list.pem -outform DER -out list.crl')
    const authority = await certificateIn('authority.pem')
    const crl = parseCrl(await read('list.crl'))
    for (const [name, state] of [
      ['alice', 'good'],
      ['bob', 'revoked'],
    ] as const) {
      const certificate = await certificateIn(`${name}.pem`)
      const base = { certificate, anchors: [authority] }
      expect(validatePath({ ...base, crls: [crl] }).statuses).toMatchObject([{ state, source: 'crl' }])
      const nonce = Uint8Array.from({ length: 16 }, (_, index) => index)
      for (const signer of ['authority', 'responder']) {
        await bench.write('request.der', createOcspRequest(certificate, authority, { nonce, hash: 'sha256' }))
        const answered = await openssl(
          `ocsp -index index.txt -CA authority.pem -rsigner ${signer}.pem -rkey ${signer}.key -reqin request.der -respout response.der -ndays 1`,
        )
        expect(answered.status, answered.output).toBe(0)
        const ocspResponses = [parseOcspResponse(await read('response.der'))]
        const report = validatePath({ ...base, ocspResponses, revocation: { nonce } })
        expect(report.statuses, signer).toMatchObject([{ state, source: 'ocsp' }])
        expect(report.isValid).toBe(state === 'good')
      }
    }
  })
})
