/**
 * A process that does one thing with one file, `node child.ts <task as JSON>`, and prints `{ milliseconds, growth }`: the
 * time it took and by how much its memory grew over what it had before, in MiB.
 */
import { randomBytes } from 'node:crypto'
import { closeSync, fstatSync, fsyncSync, openSync, readSync, renameSync, writeSync } from 'node:fs'
import { open, readFile, rename, rm, writeFile } from 'node:fs/promises'
import process from 'node:process'
import { createDecryptor, createEncryptor, ciphers } from '#pki/algorithms/cipher.ts'
import { createDigest } from '#pki/algorithms/digest.ts'
import { decryptBid } from '#pki/envelope/decrypt-bid.ts'
import { encryptBid } from '#pki/envelope/encrypt-bid.ts'
import { parseManifest } from '#pki/envelope/manifest.ts'
import { profiles } from '#pki/envelope/profiles.ts'
import type { EnvelopeProfile } from '#pki/envelope/profiles.ts'
import { createFileSink } from '#pki/io/file-sink.ts'
import { createFileSource } from '#pki/io/file-source.ts'
import { openPrivateKey } from '#pki/keys/private-key.ts'
import { parseCertificate } from '#pki/x509/certificate.ts'
import { memoryOf } from '../harness/memory.ts'

export interface EnvelopeTask {
  readonly kind: 'encrypt' | 'decrypt' | 'plain-encrypt' | 'plain-decrypt' | 'written-decrypt'
  readonly profile: EnvelopeProfile
  readonly input: string
  readonly output: string
  readonly certificate: string
  readonly key: string
}
export interface EnvelopeResult {
  readonly milliseconds: number
  readonly growth: number
}

const task = JSON.parse(process.argv[2] ?? '') as EnvelopeTask
const { profile, input, output } = task
const recipient = {
  certificate: parseCertificate(new Uint8Array(await readFile(task.certificate))),
  key: openPrivateKey(new Uint8Array(await readFile(task.key))),
}

const sinkFor = async (file: string) =>
  createFileSink({
    handle: await open(`${file}.part`, 'w+'),
    publish: () => rename(`${file}.part`, file),
    remove: () => rm(`${file}.part`, { force: true }),
  })

const withSource = async (run: (source: ReturnType<typeof createFileSource>) => Promise<unknown>) => {
  const handle = await open(input)
  await run(createFileSource(handle, (await handle.stat()).size))
  await handle.close()
}

/** One chunk after the other, each through everything: no message, no writing but a step's, nothing at the same time. */
const plain = (...steps: ((chunk: Uint8Array) => void)[]): void => {
  const file = openSync(input, 'r')
  const buffer = new Uint8Array(1024 * 1024)
  for (let at = 0, { size } = fstatSync(file); at < size;) {
    const length = readSync(file, buffer, 0, buffer.length, at)
    for (const step of steps) step(buffer.subarray(0, length))
    at += length
  }
  closeSync(file)
}

/** The same onto the disk, under a name it gets at the end. */
const plainWritten = (hash: (chunk: Uint8Array) => void, cipher: (chunk: Uint8Array) => Uint8Array): void => {
  const file = openSync(`${output}.part`, 'w')
  plain(hash, (chunk) => void writeSync(file, cipher(chunk)))
  fsyncSync(file)
  closeSync(file)
  renameSync(`${output}.part`, output)
}

const { cipher, hash } = profiles[profile]
const key = randomBytes(ciphers[cipher].keyLength)
const iv = randomBytes(ciphers[cipher].ivLength)
const hashing = (...names: ('sm3' | 'sha256')[]) =>
  names.map((name) => {
    const digest = createDigest(name)
    return (chunk: Uint8Array) => void digest.update(chunk)
  })
const ciphering = (make: typeof createEncryptor) => {
  const bulk = make(cipher, key, iv)
  return (chunk: Uint8Array) => bulk.update(chunk)
}

const work: Record<EnvelopeTask['kind'], () => Promise<void> | void> = {
  encrypt: () =>
    withSource(async (source) =>
      encryptBid({
        source,
        target: await sinkFor(output),
        recipients: [recipient],
        profile,
        trialKey: recipient,
        now: new Date(),
        openingTime: null,
        record: (manifest) => writeFile(`${output}.json`, JSON.stringify(manifest)),
      }),
    ),
  decrypt: () =>
    withSource(async (source) =>
      decryptBid({
        source,
        sink: await sinkFor(output),
        key: recipient,
        manifest: parseManifest(await readFile(`${input}.json`, 'utf8')),
      }),
    ),
  // Plaintext and ciphertext by both hashes, the segments by one; then the trial.
  'plain-encrypt': () => {
    plain(...hashing('sm3', 'sha256', 'sm3', 'sha256', 'sha256'), ciphering(createEncryptor))
    plain(ciphering(createDecryptor))
  },
  'plain-decrypt': () => plain(...hashing(hash), ciphering(createDecryptor)),
  'written-decrypt': () => plainWritten(hashing(hash)[0]!, ciphering(createDecryptor)),
}

const idle = memoryOf('self').now
const start = performance.now()
await work[task.kind]()
const result: EnvelopeResult = { milliseconds: performance.now() - start, growth: memoryOf('self').peak - idle }
console.log(JSON.stringify(result))
