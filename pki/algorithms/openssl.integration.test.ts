import { readFile } from 'node:fs/promises'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { fromUtf8 } from '../bytes/encodings.ts'
import { readPrivateKey, writePrivateKey } from '../keys/key-file.ts'
import { generatePrivateKey } from '../keys/private-key.ts'
import { issue } from '../testing/test-ca.ts'
import { createWorkbench } from '../testing/tools.ts'
import type { Workbench } from '../testing/tools.ts'
import { digestInfo } from './digest-info.ts'
import { verifySignature } from './public-key.ts'
import { schemeOf } from './signature-scheme.ts'

let bench: Workbench
beforeAll(async () => {
  bench = await createWorkbench()
})
afterAll(() => bench.close())

const data = fromUtf8('中标')

describe('RSA with SM3 and openssl, which pads what it is given', () => {
  it('openssl opens our signature to the DigestInfo of its own SM3', async () => {
    const key = await generatePrivateKey('rsa-2048')
    await bench.write('key.pem', await writePrivateKey(key))
    await bench.write('signature', await key.sign('rsa-pkcs1-sm3', data))
    await bench.write('data', data)
    const opened = await bench.run(
      ...(['openssl', 'pkeyutl', '-verifyrecover', '-inkey', 'key.pem', '-in', 'signature', '-asn1parse'] as const),
    )
    const digest = await bench.run('openssl', 'dgst', '-sm3', '-r', 'data')
    expect(opened.output).toMatch(/OBJECT\s*:sm3\b/)
    const hex = [...opened.output.matchAll(/^\s+[0-9a-f]{4} - ((?:[0-9a-f]{2}[ -])+)/gm)].map(([, row]) => row).join('')
    expect(hex.replaceAll(/[ -]/g, '')).toContain(digest.output.slice(0, 64))
  })

  it('openssl’s signature verifies here', async () => {
    await bench.run('openssl', 'genrsa', '-out', 'theirs.pem', '2048')
    await bench.write('info', digestInfo('sm3', data))
    await bench.run(...(['openssl', 'pkeyutl', '-sign', '-inkey', 'theirs.pem', '-in', 'info', '-out', 's'] as const))
    const { spki } = await readPrivateKey(await readFile(bench.file('theirs.pem')))
    expect(verifySignature(spki, schemeOf('rsa-pkcs1-sm3'), data, await readFile(bench.file('s')))).toBe(true)
  })

  it('openssl knows the name of the algorithm in our certificate', async () => {
    await bench.write('c.pem', issue({ commonName: 'Root', kind: 'rsa-2048', algorithm: 'rsa-pkcs1-sm3' }).pem)
    const { output } = await bench.run('openssl', 'x509', '-in', 'c.pem', '-noout', '-text')
    expect(output).toContain('Signature Algorithm: sm3WithRSAEncryption')
  })
})
