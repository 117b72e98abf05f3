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
