import { randomBytes } from 'node:crypto'
import path from 'node:path'

import puppeteer from 'puppeteer-core'
import type { LaunchOptions } from 'puppeteer-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { toHex } from './bytes/encodings.ts'
import { openEnvelope } from './cms/enveloped/decrypt.ts'
import { verifySignedData } from './cms/verify.ts'
import { decryptBid } from './envelope/decrypt-bid.ts'
import { memorySink } from './io/byte-sink.ts'
import { bufferSource } from './io/byte-source.ts'
import { openPrivateKey } from './keys/private-key.ts'
import { writePem } from './keys/pem.ts'
import { fromJson, toJson } from './testing/bytes-json.ts'
import { createMaterial } from './testing/runtime-material.ts'
import { runChecks } from './testing/runtime-checks.ts'
import type { Checked, Material } from './testing/runtime-checks.ts'
import { bundleForBrowsers, servePage } from './testing/serve-page.ts'
import type { Bundle } from './testing/serve-page.ts'
import { inPieces } from './testing/streams.ts'
import { createWorkbench } from './testing/tools.ts'
import type { Workbench } from './testing/tools.ts'
import { parseCertificate } from './x509/certificate.ts'

const browsers = {
  Chromium: { browser: 'chrome', executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] },
  Firefox: { browser: 'firefox', executablePath: '/usr/bin/firefox-esr' },
} satisfies Record<string, LaunchOptions>

/** Visits an address until `work` is done; gives back what the console complained of. */
const visit = async (name: keyof typeof browsers, address: string, work: () => Promise<void>) => {
  const browser = await puppeteer.launch({ headless: true, ...browsers[name] })
  try {
    const complaints: string[] = []
    const page = await browser.newPage()
    page.on('console', (message) => complaints.push(message.text()))
    page.on('pageerror', (error) => complaints.push(String(error)))
    await page.goto(address)
    await work()
    return complaints
  } finally {
    await browser.close()
  }
}

let material: Material
let here: Checked
let bundle: Bundle
let bench: Workbench

beforeAll(async () => {
  material = await createMaterial(new Uint8Array(randomBytes(50_000)))
  ;[bundle, here, bench] = await Promise.all([
    bundleForBrowsers(path.join(import.meta.dirname, 'testing/browser-page.ts')),
    runChecks(material),
    createWorkbench(),
  ])
})
afterAll(() => bench.close())

describe('the bundle for browsers', () => {
  it('has the platform of browsers and nothing of Node', () => {
    expect(bundle.modules).toContain('pki/platform/browser.ts')
    // The bundler's own helpers, and its empty module in place of what node-forge would ask Node for.
    const others = bundle.modules.filter(
      (file) => !/^(pki|contract|node_modules)\/|\0|^__vite-browser-external$/.test(file),
    )
    expect(others).toEqual([])
    expect(bundle.modules).not.toContain('pki/platform/node.ts')
    for (const [name, code] of bundle.files) {
      // The one part of node-forge that is loaded, for RC2, knows what to do without Buffer.
      if (!code.includes('forge')) expect(code.match(/\bBuffer\b|["'`]node:|\brequire\(/g), name).toBeNull()
    }
  })
})

describe.each(['Chromium', 'Firefox'] as const)('%s, under a strict policy', (browser) => {
  let there: Checked
  const anchorOf = (name: string) =>
    parseCertificate(material.chains.find((chain) => name.startsWith(`${chain.name} `))!.anchor)

  beforeAll(async () => {
    const server = await servePage(bundle, toJson(material))
    try {
      let result: unknown
      const complaints = await visit(browser, server.url, async () => {
        result = fromJson(await server.result())
      })
      expect(result).not.toHaveProperty('error')
      expect(result).toMatchObject({ violations: [] })
      expect(complaints).toEqual([])
      there = result as Checked
    } finally {
      await server.close()
    }
  }, 120_000)

  it.each(['chains', 'messages', 'envelopes', 'sm2', 'keyFiles', 'timestamps', 'logins', 'streams'] as const)(
    'reads %s as Node does',
    (part) => {
      expect(there.read[part]).toEqual((fromJson(toJson(here)) as Checked).read[part])
    },
  )

  it('tells what holds from what does not', () => {
    const { chains, messages, envelopes, timestamps, logins, streams } = there.read
    for (const chain of Object.values(chains)) expect(chain).toMatchObject({ isValid: true, revocation: 'good' })
    for (const [name, { isValid }] of Object.entries(messages)) expect(isValid, name).toBe(!name.endsWith('spoiled'))
    for (const opened of Object.values(envelopes)) {
      expect(Object.keys(opened)).toHaveLength(material.recipients.length)
      for (const { content } of Object.values(opened)) expect(content).toBe(toHex(material.content))
    }
    for (const { isValid } of Object.values(timestamps)) expect(isValid).toBe(true)
    expect(Object.values(logins).map(({ isValid }) => isValid)).toEqual([true, true, false])
    expect(streams).toMatchObject({ sm4: { isSame: true }, aes: { isSame: true } })
  })

  it('signs what Node and openssl verify', async () => {
    const { content, signers } = material
    expect(Object.keys(there.made.messages)).toEqual(signers.map(({ name }) => name))
    for (const [name, message] of Object.entries(there.made.messages)) {
      const anchor = anchorOf(name)
      expect(verifySignedData(message, { anchors: [anchor] }), name).toMatchObject({ isValid: true, content })
      // SM2 under its identifier of GB/T, and RSA with SM3, are not openssl's.
      if (/^sm2|-sm3 /.test(name)) continue
      await bench.write('message.der', message)
      await bench.write('root.pem', writePem('CERTIFICATE', anchor.der))
      const { output } = await bench.run(
        ...(['openssl', 'cms', '-verify', '-binary', '-inform', 'DER', '-in', 'message.der'] as const),
        ...['-CAfile', 'root.pem', '-purpose', 'any', '-out', 'out'],
      )
      expect(output, name).toContain('Verification successful')
    }
  })

  it('encrypts what every recipient opens in Node, and openssl where it can', async () => {
    for (const [cipher, message] of Object.entries(there.made.envelopes)) {
      for (const { name, pkcs8, certificate } of material.recipients) {
        const sink = memorySink()
        const opened = await openEnvelope(inPieces(message))
        await opened.decrypt({ certificate: parseCertificate(certificate), key: openPrivateKey(pkcs8) }, sink)
        expect(toHex(sink.bytes()), `${cipher} ${name}`).toBe(toHex(material.content))
        if (cipher.startsWith('sm4') || name === 'sm2') continue
        await bench.write('message.der', message)
        await bench.write('key.pem', writePem('PRIVATE KEY', pkcs8))
        await bench.write('recipient.pem', writePem('CERTIFICATE', certificate))
        const { output, status } = await bench.run(
          ...(['openssl', 'cms', '-decrypt', '-binary', '-inform', 'DER', '-in', 'message.der'] as const),
          ...['-inkey', 'key.pem', '-recip', 'recipient.pem', '-out', 'out'],
        )
        expect([status, output], `${cipher} ${name}`).toEqual([0, ''])
      }
    }
  })

  it('encrypts with SM2, and makes a bid with its manifest', async () => {
    const sm2 = material.recipients.find(({ name }) => name === 'sm2')!
    const key = { certificate: parseCertificate(sm2.certificate), key: openPrivateKey(sm2.pkcs8) }
    const [ciphertext] = there.made.sm2
    expect(await key.key.decrypt('sm2', ciphertext!)).toEqual(material.content.subarray(0, 100))
    const { message, manifest } = there.made.bid
    const sink = memorySink()
    await decryptBid({ source: bufferSource(message), sink, key, manifest })
    expect(toHex(sink.bytes())).toBe(toHex(material.content))
  })
})
