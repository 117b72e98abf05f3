import { readFile } from 'node:fs/promises'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { createTestChain } from '../testing/test-ca.ts'
import { createWorkbench } from '../testing/tools.ts'
import type { Workbench } from '../testing/tools.ts'
import { parseCertificates } from './certificate.ts'
import { validatePath } from '../path/validate.ts'

let bench: Workbench
beforeAll(async () => {
  bench = await createWorkbench()
})
afterAll(() => bench.close())

describe('certificates and openssl', () => {
  it('openssl accepts the chains the tests are made with', async () => {
    const { root, issuing, signer } = createTestChain('rsa-2048')
    await bench.write('root.pem', root.pem)
    await bench.write('issuing.pem', issuing.pem)
    await bench.write('signer.pem', signer.pem)
    const result = await bench.run(
      ...([
        'openssl',
        'verify',
        '-x509_strict',
        '-CAfile',
        'root.pem',
        '-untrusted',
        'issuing.pem',
        'signer.pem',
      ] as const),
    )
    expect(result.output).toContain('signer.pem: OK')
  })

  it('a certificate by openssl with a Chinese subject and a credit code is read in full', async () => {
    const subject = '/C=CN/ST=山东省/L=济南市/O=中标示例有限公司/OU=91350100M000100Y43/CN=中标示例有限公司'
    await bench.run(
      ...(['openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-sha256', '-nodes', '-utf8', '-days', '30'] as const),
      ...['-subj', subject, '-keyout', 'k.pem', '-out', 'c.pem', '-set_serial', '0x00c0ffee'],
      ...['-addext', 'keyUsage=critical,digitalSignature,keyCertSign'],
      ...['-addext', '1.2.156.10260.4.1.4=ASN1:PRINTABLESTRING:91350100M000100Y43'],
    )
    const [certificate] = parseCertificates(await readFile(bench.file('c.pem')))
    const text = (await bench.run('openssl', 'x509', '-in', 'c.pem', '-noout', '-fingerprint', '-sha256', '-enddate'))
      .output
    expect(text.replaceAll(':', '').toLowerCase()).toContain(certificate!.fingerprint)
    expect(certificate).toMatchObject({
      serial: 'c0ffee',
      subject: { commonName: '中标示例有限公司', organization: '中标示例有限公司' },
      key: { type: 'rsa', bits: 2048 },
      keyUsage: ['digitalSignature', 'keyCertSign'],
      identity: { creditCode: '91350100M000100Y43' },
    })
    expect(certificate!.subject.text.startsWith('CN=中标示例有限公司, OU=91350100M000100Y43')).toBe(true)
    expect(new Date(/notAfter=(.*)/.exec(text)![1]!)).toEqual(certificate!.notAfter)
    expect(validatePath({ certificate: certificate!, anchors: [certificate!] }).isValid).toBe(true)
  })
})
