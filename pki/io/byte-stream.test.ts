import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'

import { collect, inPieces } from '../testing/streams.ts'
import { fillSink, memorySink } from './byte-sink.ts'
import { bufferSource } from './byte-source.ts'
import { inEqualPieces, streamOf } from './byte-stream.ts'
import { createFileSource } from './file-source.ts'

const bytes = new Uint8Array(randomBytes(3_500_000))
/** Answers reads as a file does, into the caller's buffer. */
const handle = {
  read: async (buffer: Uint8Array, offset: number, length: number, position: number) => {
    const part = bytes.subarray(position, position + length)
    buffer.set(part, offset)
    return { bytesRead: part.length }
  },
}

test('ok/a source as a stream, from memory and from a file', async () => {
  for (const source of [bufferSource(bytes), createFileSource(handle, bytes.length)]) {
    expect(Buffer.compare(await collect(streamOf(source)), bytes)).toBe(0)
  }
  expect(await collect(streamOf(bufferSource(new Uint8Array(0))))).toHaveLength(0)
})

test('ok/a chunk stays as it is while the next one is used', async () => {
  let previous: { readonly chunk: Uint8Array; readonly copy: Buffer } | undefined
  for await (const chunk of streamOf(createFileSource(handle, bytes.length))) {
    if (previous) expect(Buffer.compare(previous.chunk, previous.copy)).toBe(0)
    previous = { chunk, copy: Buffer.from(chunk) }
  }
})

test('ok/a source that became shorter ends early, one that fails fails', async () => {
  expect(await collect(streamOf(createFileSource(handle, bytes.length + 9)))).toHaveLength(bytes.length)
  const broken = { size: 5, read: () => Promise.reject(new Error('EIO')) }
  await expect(collect(streamOf(broken))).rejects.toThrow('EIO')
})

test.each([1, 100, 4096, 300_000])('ok/chunks of %i bytes become equal pieces with the same bytes', async (size) => {
  const input = bytes.subarray(0, 100_000)
  const sizes: number[] = []
  const counted = async function* () {
    for await (const piece of inEqualPieces(inPieces(input, size), 65_536)) {
      sizes.push(piece.length)
      yield piece
    }
  }
  expect(Buffer.compare(await collect(counted()), input)).toBe(0)
  expect(sizes).toEqual([65_536, 34_464])
})

test('ok/a sink shows nothing before it was committed', async () => {
  const sink = memorySink()
  await sink.write(Uint8Array.of(1, 2))
  expect(sink.bytes()).toHaveLength(0)
  await fillSink(sink, async () => sink.write(Uint8Array.of(3)))
  expect(sink.bytes()).toEqual(Uint8Array.of(1, 2, 3))
})

test('fail/what was written is removed, and the first error is the one that counts', async () => {
  const sink = memorySink()
  const failing = { ...sink, abort: () => Promise.reject(new Error('second')) }
  await expect(fillSink(failing, () => Promise.reject(new Error('first')))).rejects.toThrow('first')
  const abort = (): never => {
    throw new Error('second')
  }
  await expect(fillSink({ ...sink, abort }, () => Promise.reject(new Error('first')))).rejects.toThrow('first')
  expect(sink.bytes()).toHaveLength(0)
})
