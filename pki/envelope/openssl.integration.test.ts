/** OpenSSL opens what is made here, and killed processes leave nothing behind that looks like a message. */
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { once } from 'node:events'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { memorySink } from '../io/byte-sink.ts'
import { bufferSource } from '../io/byte-source.ts'
import { createFileSink } from '../io/file-sink.ts'
import { createFileSource } from '../io/file-source.ts'
import { issueRecipient } from '../testing/recipient.ts'
import { createWorkbench } from '../testing/tools.ts'
import type { Workbench } from '../testing/tools.ts'
import { decryptBid } from './decrypt-bid.ts'
import { encryptBid } from './encrypt-bid.ts'

const bid = new Uint8Array(randomBytes(3_000_000))
const recipients = { rsa: issueRecipient('rsa-2048'), ec: issueRecipient('P-384') }
let bench: Workbench

beforeAll(async () => {
  bench = await createWorkbench()
  await bench.write('bid', bid)
  for (const [name, { pem, keyPem }] of Object.entries(recipients)) {
    await bench.write(`${name}.pem`, pem)
    await bench.write(`${name}.key`, keyPem)
  }
})
afterAll(() => bench.close())

describe('a bid in the profile for everybody', () => {
  it('is opened by openssl cms -decrypt with each of its keys', async () => {
    const [part, target] = [bench.file('message.part'), bench.file('message')]
    const handle = await open(bench.file('bid'))
    await encryptBid({
      source: createFileSource(handle, (await handle.stat()).size),
      target: createFileSink({
        handle: await open(part, 'wx+'),
        publish: () => rename(part, target),
        remove: () => rm(part, { force: true }),
      }),
      recipients: Object.values(recipients).map(({ certificate }) => ({ certificate })),
      profile: 'cms',
      trialKey: recipients.rsa,
      now: new Date(),
      openingTime: null,
      record: () => undefined,
    })
    await handle.close()
    for (const name of Object.keys(recipients)) {
      const { output } = await bench.run(
        ...(['openssl', 'cms', '-decrypt', '-binary', '-inform', 'DER', '-in', 'message'] as const),
        ...['-recip', `${name}.pem`, '-inkey', `${name}.key`, '-out', 'out'],
      )
      expect(output).toBe('')
      expect(Buffer.compare(await readFile(bench.file('out')), bid)).toBe(0)
    }
  })

  it('is decrypted here when openssl made it', async () => {
    const { output } = await bench.run(
      ...([
        'openssl',
        'cms',
        '-encrypt',
        '-binary',
        '-stream',
        '-aes-256-gcm',
        '-outform',
        'DER',
        '-in',
        'bid',
      ] as const),
      ...['-out', 'theirs', '-recip', 'ec.pem'],
    )
    expect(output).toBe('')
    const sink = memorySink()
    const source = bufferSource(new Uint8Array(await readFile(bench.file('theirs'))))
    await decryptBid({ source, sink, key: recipients.ec, manifest: null })
    expect(Buffer.compare(sink.bytes(), bid)).toBe(0)
  })
})

describe('a process that is killed', () => {
  const run = (name: string) =>
    spawn(process.execPath, [new URL('../testing/encrypt-forever.ts', import.meta.url).pathname, bench.file(name)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })

  it('leaves a message only with its manifest, and only a whole one', async () => {
    // The child encrypts one bid after the other; it is killed at any point of it.
    let whole = 0
    for (let round = 0; round < 6; round++) {
      const name = `round-${round}`
      const child = run(name)
      await once(child.stdout, 'data')
      await new Promise((resolve) => setTimeout(resolve, 40 + 97 * round))
      child.kill('SIGKILL')
      await once(child, 'exit')
      const files = (await readdir(bench.directory)).filter((file) => file.startsWith(name))
      const messages = files.filter((file) => file.endsWith('.bid'))
      for (const message of messages) {
        const manifest = JSON.parse(await readFile(bench.file(message.replace(/bid$/, 'json')), 'utf8')) as {
          ciphertext: { size: number }
        }
        expect((await stat(bench.file(message))).size).toBe(manifest.ciphertext.size)
      }
      whole += messages.length
      await Promise.all(files.map((file) => rm(bench.file(file))))
    }
    expect(whole).toBeGreaterThan(0)
  })
})
