import { readFile } from 'node:fs/promises'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { digest } from '../algorithms/digest.ts'
import { createTestAuthority, issueTimestamping } from '../testing/test-authority.ts'
import { createTestChain } from '../testing/test-ca.ts'
import { createWorkbench } from '../testing/tools.ts'
import type { Workbench } from '../testing/tools.ts'
import { verifyTimestampResponse } from './client.ts'
import { createTimestampRequest } from './request.ts'
import { answerTimestampRequest } from './responder.ts'

const data = Buffer.from('投标报价 ¥1,234.50')
const { root, issuing } = createTestChain()
const anchors = [root.certificate]
let bench: Workbench

const configuration = `
[tsa]
default_tsa = here
[here]
serial = serial
signer_digest = sha256
default_policy = 1.2.3.4.1
other_policies = 1.2.3.4.2
digests = sha256, sha384, sha512, sm3
accuracy = secs:1, millisecs:500, microsecs:100
ordering = yes
tsa_name = yes
ess_cert_id_chain = no
ess_cert_id_alg = sha256
`

beforeAll(async () => {
  bench = await createWorkbench()
  await bench.write('data', data)
  await bench.write('root.pem', root.pem)
  await bench.write('issuing.pem', issuing.pem)
  await bench.write('tsa.cnf', configuration)
})
afterAll(() => bench.close())

describe('openssl ts', () => {
  it.each(['sha256', 'sha512', 'sm3'] as const)('verifies our response to its request over %s', async (algorithm) => {
    await bench.run('openssl', 'ts', '-query', '-data', 'data', `-${algorithm}`, '-cert', '-out', 'request.tsq')
    for (const kind of ['P-256', 'rsa-2048'] as const) {
      const authority = createTestAuthority(issuing, kind, { accuracy: { seconds: 1 }, isOrdered: true })
      const response = await answerTimestampRequest(
        new Uint8Array(await readFile(bench.file('request.tsq'))),
        authority,
      )
      await bench.write('response.tsr', response)
      const { output } = await bench.run(
        ...(['openssl', 'ts', '-verify', '-queryfile', 'request.tsq', '-in', 'response.tsr'] as const),
        ...['-CAfile', 'root.pem', '-untrusted', 'issuing.pem'],
      )
      expect(output).toContain('Verification: OK')
      const text = await bench.run('openssl', 'ts', '-reply', '-in', 'response.tsr', '-text')
      expect(text.output).toContain('Status: Granted.')
      expect(text.output).toContain('Ordering: yes')
    }
  })

  it('understands our refusals', async () => {
    await bench.run('openssl', 'ts', '-query', '-data', 'data', '-sha1', '-out', 'request.tsq')
    const request = new Uint8Array(await readFile(bench.file('request.tsq')))
    await bench.write('response.tsr', await answerTimestampRequest(request, createTestAuthority(issuing)))
    const { output } = await bench.run('openssl', 'ts', '-reply', '-in', 'response.tsr', '-text')
    expect(output).toContain('Status: Rejected.')
    expect(output).toContain('unrecognized or unsupported algorithm identifier')
  })

  it.each(['sha256', 'sha384', 'sm3'] as const)(
    'answers our request over %s so that we verify it',
    async (algorithm) => {
      const tsa = issueTimestamping(issuing, { kind: 'rsa-2048' })
      await bench.write('tsa.pem', tsa.pem)
      await bench.write('tsa.key', tsa.key.pkcs8Pem())
      await bench.write('serial', '0A\n')
      const request = createTimestampRequest({ algorithm, digest: digest(algorithm, data), policy: '1.2.3.4.2' })
      await bench.write('request.tsq', request.der)
      const reply = await bench.run(
        ...([
          'openssl',
          'ts',
          '-reply',
          '-config',
          'tsa.cnf',
          '-queryfile',
          'request.tsq',
          '-signer',
          'tsa.pem',
        ] as const),
        ...['-inkey', 'tsa.key', '-chain', 'issuing.pem', '-out', 'response.tsr'],
      )
      expect(reply.status).toBe(0)
      const response = new Uint8Array(await readFile(bench.file('response.tsr')))
      const report = verifyTimestampResponse(response, request, { anchors })
      expect(report.timestamp?.problems).toEqual([])
      expect(report).toMatchObject({
        isValid: true,
        timestamp: { info: { policy: '1.2.3.4.2', accuracy: 1501, isOrdered: true } },
      })
      const other = createTimestampRequest({ algorithm, digest: digest(algorithm, Buffer.from('x')) })
      expect(verifyTimestampResponse(response, other, { anchors }).timestamp?.problems).toEqual([
        'imprint_mismatch',
        'nonce_mismatch',
      ])
    },
  )
})
