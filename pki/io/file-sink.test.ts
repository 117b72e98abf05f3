import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { open, readdir, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'

import { collect } from '../testing/streams.ts'
import { fillSink } from './byte-sink.ts'
import { streamOf } from './byte-stream.ts'
import { createFileSink } from './file-sink.ts'

const directory = mkdtempSync(path.join(tmpdir(), 'pki-sink-'))
afterAll(() => rmSync(directory, { recursive: true }))

const createSink = async (name: string) => {
  const target = path.join(directory, name)
  const part = `${target}.part`
  return createFileSink({
    handle: await open(part, 'wx+', 0o600),
    publish: () => rename(part, target),
    remove: () => rm(part, { force: true }),
  })
}

test('ok/a file has its name when it is complete, and can be read before', async () => {
  const sink = await createSink('whole')
  await fillSink(sink, async () => {
    await sink.write(Uint8Array.of(1, 2, 3))
    await sink.write(new Uint8Array(100_000))
    expect(await collect(streamOf(sink.written()))).toHaveLength(100_003)
    expect(await readdir(directory)).toEqual(['whole.part'])
  })
  expect(await readdir(directory)).toEqual(['whole'])
  expect(readFileSync(path.join(directory, 'whole')).subarray(0, 4)).toEqual(Buffer.of(1, 2, 3, 0))
})

test('fail/nothing stays of a file that was given up', async () => {
  const sink = await createSink('broken')
  const failing = fillSink(sink, async () => {
    await sink.write(new Uint8Array(10))
    throw new Error('cancelled')
  })
  await expect(failing).rejects.toThrow('cancelled')
  expect(await readdir(directory)).not.toContain('broken.part')
})

test('fail/a name that cannot be given leaves nothing either', async () => {
  const part = path.join(directory, 'x.part')
  const sink = createFileSink({
    handle: await open(part, 'wx+'),
    publish: () => rename(part, path.join(directory, 'no', 'such', 'folder')),
    remove: () => rm(part, { force: true }),
  })
  await expect(fillSink(sink, async () => sink.write(new Uint8Array(10)))).rejects.toThrow('ENOENT')
  expect(await readdir(directory)).not.toContain('x.part')
})

test('fail/an error of the disk in the middle is told at the end, though the next sync succeeds', async () => {
  let syncs = 0
  const sink = createFileSink({
    handle: {
      read: () => Promise.reject(new Error('not read')),
      write: (_buffer, _offset, length) => Promise.resolve({ bytesWritten: length }),
      sync: () => (syncs++ === 0 ? Promise.reject(new Error('EIO')) : Promise.resolve()),
      close: () => Promise.resolve(),
    },
    publish: () => Promise.reject(new Error('published')),
    remove: () => Promise.resolve(),
  })
  for (let count = 0; count < 40; count++) await sink.write(new Uint8Array(1024 * 1024))
  await expect(sink.commit()).rejects.toThrow('EIO')
})
