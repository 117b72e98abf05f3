import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { collect, inPieces } from '../testing/streams.ts'
import { createBerStream } from './ber-stream.ts'
import type { BerStream } from './ber-stream.ts'
import { beginIndefinite, endOfContents, octetStringPieces } from './ber-writer.ts'
import { octetString, sequence, smallInteger } from './writer.ts'

const hex = (text: string) => new Uint8Array(Buffer.from(text.replaceAll(' ', ''), 'hex'))
const open = (text: string, size = 1) => createBerStream(inPieces(hex(text), size))

describe('BER as a stream', () => {
  it.each([1, 2, 3, 100])('ok/definite and indefinite lengths, %i bytes at a time', async (size) => {
    const stream = open('3080 020105 a003020106 2480 0402 6162 2403 040163 0000 0000', size)
    await stream.enter(0x30)
    expect(await stream.peek()).toMatchObject({ identifier: 2, length: 1, offset: 2 })
    expect(await stream.take(10)).toEqual(smallInteger(5))
    await stream.enter(0xa0)
    expect(await stream.take(3)).toEqual(smallInteger(6))
    await stream.leave()
    expect(await collect(stream.octets(0x04))).toEqual(hex('616263'))
    expect(await stream.peek()).toBeNull()
    await stream.leave()
    expect(await stream.peek()).toBeNull()
  })

  it('ok/an element is taken as it is encoded', async () => {
    const message = '3080 0281 0105 3080 0000 0000'
    expect(await open(message).take(100)).toEqual(hex(message))
    const stream = open(`${message} 0500`)
    await stream.skip()
    expect(await stream.take(2)).toEqual(hex('0500'))
  })

  it('ok/a string written in pieces is read again, under an implicit tag too', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ maxLength: 300 })),
        fc.integer({ min: 1, max: 50 }),
        async (list, size) => {
          const pieces = await collect(
            octetStringPieces(
              (async function* () {
                yield* list
              })(),
            ),
          )
          const whole = Buffer.concat([beginIndefinite(0xa0), pieces, endOfContents()])
          const read = await collect(createBerStream(inPieces(whole, size)).octets(0x80))
          expect(read).toEqual(new Uint8Array(Buffer.concat(list)))
        },
      ),
    ))

  const run = (action: (stream: BerStream) => Promise<unknown>) => action
  it.each([
    ['truncated', '30', run((stream) => stream.peek())],
    ['truncated', '3082 00', run((stream) => stream.peek())],
    ['truncated', '0402 61', run((stream) => collect(stream.octets(4)))],
    ['truncated', '3080 0201', run((stream) => stream.take(100))],
    ['truncated', '3080 020105', run((stream) => stream.skip())],
    ['truncated', '3002 0402', run((stream) => stream.enter(0x30).then(() => stream.peek()))],
    ['length_too_large', '3089 010000000000000000', run((stream) => stream.peek())],
    ['length_too_large', '3088 ffffffffffffffff', run((stream) => stream.peek())],
    ['high_tag_number', '1f8101 00', run((stream) => stream.peek())],
    ['indefinite_primitive', '0480 0000', run((stream) => stream.peek())],
    ['unexpected_end_of_contents', '0000', run((stream) => stream.peek())],
    ['unexpected_tag', '3100', run((stream) => stream.enter(0x30))],
    ['unexpected_tag', '2403 020100', run((stream) => collect(stream.octets(4)))],
    ['not_constructed', '0500', run((stream) => stream.enter(5))],
    ['too_long', '0403 616263', run((stream) => stream.take(4))],
    ['too_long', '3080 0403 616263 0000', run((stream) => stream.take(8))],
    ['element_missing', '', run((stream) => stream.take(100))],
    ['element_missing', '3000', run((stream) => stream.enter(0x30).then(() => stream.take(1)))],
    ['unexpected_element', '3002 0500', run((stream) => stream.enter(0x30).then(() => stream.leave()))],
  ])('fail/%s: %s', async (reason, text, action) => {
    await expect(action(open(text))).rejects.toMatchObject({ name: 'Asn1Error', reason })
  })

  it.each(['3080', '2480', 'a080'])('fail/%s nested 10,000 deep ends at once', async (text) => {
    const deep = text.repeat(10_000)
    await expect(open(deep, 4096).skip()).rejects.toMatchObject({ reason: 'nested_too_deep' })
    await expect(open(deep, 4096).take(1e6)).rejects.toMatchObject({ reason: 'nested_too_deep' })
    await expect(collect(open(`24${deep.slice(2)}`, 4096).octets(4))).rejects.toThrow()
  })

  it('ok/closing ends the source', async () => {
    let isClosed = false
    const stream = createBerStream(
      (async function* () {
        try {
          yield* inPieces(hex('0500 0500'), 1)
        } finally {
          isClosed = true
        }
      })(),
    )
    await stream.skip()
    await stream.close()
    expect(isClosed).toBe(true)
  })

  it('ok/a huge length costs nothing until its bytes come', async () => {
    const stream = open('0486 0fffffffffff 61')
    await expect(stream.take(1e12)).rejects.toMatchObject({ reason: 'truncated' })
  })

  it('ok/half a million elements of two bytes are passed over within a second', async () => {
    const many = sequence(octetString(new Uint8Array(3)))
    const bytes = Buffer.concat([hex('3080'), Buffer.from('0500'.repeat(500_000), 'hex'), hex('0000'), many])
    const start = process.cpuUsage()
    const stream = createBerStream(inPieces(bytes, 65_536))
    await stream.skip()
    expect(await stream.take(100)).toEqual(many)
    const { user, system } = process.cpuUsage(start)
    expect((user + system) / 1000).toBeLessThan(1000)
  })
})
