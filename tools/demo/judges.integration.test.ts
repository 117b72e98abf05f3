import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { extractSignatures, judge, makeTrust } from './judges.ts'

const tender = path.resolve(import.meta.dirname, '../../examples/trading-platform/files/tender-2026-0117.pdf')
const folder = mkdtempSync(path.join(tmpdir(), 'judges-'))
const caFile = path.join(folder, 'ca.pem')
const signed = path.join(folder, 'signed.pdf')

/** Signed by poppler's own pdfsig with a certificate of a CA made here: nothing of this project takes part. */
beforeAll(async () => {
  const openssl = (...args: string[]): Buffer => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' })
  const usage = 'keyUsage=critical,digitalSignature,nonRepudiation'
  openssl(
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
    '-subj',
    '/CN=Judge CA',
  )
  openssl('req', '-newkey', 'rsa:2048', '-nodes', '-keyout', 'me.key', '-out', 'me.csr', '-subj', '/CN=Signer')
  writeFileSync(path.join(folder, 'me.cnf'), `${usage}\nextendedKeyUsage=emailProtection\n`)
  openssl('x509', '-req', '-in', 'me.csr', '-CA', 'ca.pem', '-CAkey', 'ca.key', '-out', 'me.pem', '-extfile', 'me.cnf')
  openssl(
    'pkcs12',
    '-export',
    '-in',
    'me.pem',
    '-inkey',
    'me.key',
    '-name',
    'me',
    '-out',
    'me.p12',
    '-passout',
    'pass:x',
  )
  const database = await makeTrust(folder, caFile)
  execFileSync('pk12util', ['-i', path.join(folder, 'me.p12'), '-d', `sql:${database}`, '-W', 'x', '-K', ''])
  execFileSync('pdfsig', ['-nssdir', `sql:${database}`, '-nick', 'me', '-add-signature', tender, signed])
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('a sound signature is accepted by openssl and qpdf, and its content is found', async () => {
  const [signature] = extractSignatures(readFileSync(signed))
  expect(signature?.coversWholeFile).toBe(true)
  const verdicts = await judge(signed, caFile, path.join(folder, 'judged'))
  expect(verdicts.map(({ judge: name, isAccepted }) => [name, isAccepted])).toEqual([
    ['pdfsig', true],
    ['qpdf', true],
    ['openssl', true],
  ])
})

test('one changed byte is noticed by pdfsig and openssl', async () => {
  const bytes = readFileSync(signed)
  const at = bytes.indexOf('/Creator')
  bytes.write('X', at + 12, 'latin1')
  const broken = path.join(folder, 'broken.pdf')
  writeFileSync(broken, bytes)
  const verdicts = await judge(broken, caFile, path.join(folder, 'judged'))
  expect(verdicts.filter(({ isAccepted }) => isAccepted).map(({ judge: name }) => name)).toEqual(['qpdf'])
})

test('an unsigned file is accepted as a PDF only', async () => {
  const verdicts = await judge(tender, caFile, path.join(folder, 'judged'))
  expect(verdicts.filter(({ isAccepted }) => isAccepted).map(({ judge: name }) => name)).toEqual(['qpdf'])
})
