import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { berToDer } from './ber.ts'
import { children, contentBytes, cursor, encodedBytes, readDer } from './reader.ts'
import { readBoolean, readIntegerBytes, readOid, readSmallInteger, readText, readTime } from './values.ts'
import { encode, octetString, oid, sequence, setOf, smallInteger, time, unsignedInteger, utf8String } from './writer.ts'

const hex = (text: string) => new Uint8Array(Buffer.from(text.replaceAll(' ', ''), 'hex'))
const timeNode = (tag: number, text: string) => readDer(encode(tag, Buffer.from(text)))
const reasonOf = (run: () => unknown): string => {
  try {
    run()
  } catch (error) {
    return (error as { reason: string }).reason
  }
  return 'accepted'
}

describe('reading DER', () => {
  it.each([
    ['truncated', '30'],
    ['truncated', '3003 0101'],
    ['indefinite_length', '3080 0000'],
    ['length_not_minimal', '3081 02 0500'],
    ['length_not_minimal', '30820002 0500'],
    ['length_too_large', '308500000000020500'],
    ['trailing_data', '0500 00'],
    ['high_tag_number', '1f8101 00'],
  ])('fail/%s: %s', (reason, input) => expect(reasonOf(() => readDer(hex(input)))).toBe(reason))

  it('fail/an error names the offset of the element', () => {
    expect(() => children(readDer(hex('3005 0201 05 0481')))).toThrow(expect.objectContaining({ offset: 5 }))
  })

  it.each([
    ['integer_empty', () => readIntegerBytes(readDer(hex('0200')))],
    ['integer_not_minimal', () => readIntegerBytes(readDer(hex('0202 0001')))],
    ['integer_not_minimal', () => readIntegerBytes(readDer(hex('0202 ff80')))],
    ['integer_negative', () => readSmallInteger(readDer(hex('0201 80')))],
    ['integer_too_large', () => readSmallInteger(readDer(hex('0205 0100000000')))],
    ['oid_not_minimal', () => readOid(readDer(hex('0603 2a8001')))],
    ['oid_truncated', () => readOid(readDer(hex('0602 2a86')))],
    ['boolean_length', () => readBoolean(readDer(hex('0102 ffff')))],
    ['time_malformed', () => readTime(timeNode(0x17, '261323080000Z'))],
    ['time_malformed', () => readTime(timeNode(0x17, '260230080000Z'))],
    ['time_malformed', () => readTime(timeNode(0x17, '261123240000Z'))],
    ['time_malformed', () => readTime(timeNode(0x17, '2611230800Z'))],
    ['time_malformed', () => readTime(timeNode(0x18, '261123080000Z'))],
    ['time_malformed', () => readTime(timeNode(0x18, '20261123080000.5Z'))],
    ['time_malformed', () => readTime(timeNode(0x18, '20261123080000+0800'))],
    ['unexpected_element', () => cursor(readDer(hex('3002 0500'))).finish()],
    ['element_missing', () => cursor(readDer(hex('3000'))).next()],
  ])('fail/%s', (reason, run) => expect(reasonOf(run)).toBe(reason))

  it('ok/elements point into the buffer and keep their bytes', () => {
    const input = sequence(smallInteger(5), octetString(Buffer.from('abc')))
    const [first, second] = children(readDer(input))
    expect(encodedBytes(first!)).toEqual(hex('020105'))
    expect(contentBytes(second!).buffer).toBe(input.buffer)
  })

  it.each([
    ['0c06 e4b8ade6a087', '中标'],
    ['1e04 4e2d6807', '中标'],
    ['1c08 00004e2d00006807', '中标'],
    ['1303 414243', 'ABC'],
    ['1401 e9', 'é'],
  ])('ok/text %s', (input, text) => expect(readText(readDer(hex(input)))).toBe(text))
})

describe('writing DER', () => {
  it('ok/numbers, OIDs and times come back', () => {
    fc.assert(
      fc.property(fc.nat(), (number) => {
        expect(readSmallInteger(readDer(smallInteger(number)))).toBe(number)
      }),
    )
    const arc = fc.nat(2 ** 31 - 1)
    fc.assert(
      fc.property(fc.constantFrom('0.5', '1.2', '2.999'), fc.array(arc, { maxLength: 8 }), (root, arcs) => {
        const dotted = [root, ...arcs].join('.')
        expect(readOid(readDer(oid(dotted)))).toBe(dotted)
      }),
    )
    for (const date of [
      '1950-01-01T00:00:00Z',
      '2049-12-31T23:59:59Z',
      '2050-01-01T00:00:00Z',
      '2026-11-23T08:00:00Z',
    ]) {
      expect(readTime(readDer(time(new Date(date))))).toEqual(new Date(date))
    }
    expect(time(new Date('2049-12-31T23:59:59Z'))[0]).toBe(0x17)
    expect(time(new Date('2050-01-01T00:00:00Z'))[0]).toBe(0x18)
  })

  it('ok/unsigned numbers get a sign octet only where they need one', () => {
    expect(unsignedInteger(hex('00007f'))).toEqual(hex('02017f'))
    expect(unsignedInteger(hex('80'))).toEqual(hex('02020080'))
    expect(unsignedInteger(hex('00'))).toEqual(hex('020100'))
  })

  it('ok/a SET OF is sorted, lengths are the shortest', () => {
    expect(setOf(smallInteger(2), smallInteger(1))).toEqual(hex('3106 020101 020102'))
    for (const length of [127, 128, 255, 256, 65_535, 65_536]) {
      const encoded = octetString(new Uint8Array(length))
      expect(contentBytes(readDer(encoded))).toHaveLength(length)
    }
    expect(utf8String('中')).toEqual(hex('0c03e4b8ad'))
  })
})

describe('BER from streaming writers', () => {
  it('ok/indefinite lengths and strings in pieces become DER', () => {
    const ber = hex('3080 0201 05 2480 0402 6162 0401 63 0000 0000')
    expect(berToDer(ber)).toEqual(sequence(smallInteger(5), octetString(Buffer.from('abc'))))
  })
  it('ok/DER stays as it is, and what follows it is dropped', () => {
    const der = sequence(smallInteger(5), octetString(Buffer.from('abc')))
    expect(berToDer(Buffer.concat([der, new Uint8Array(9)]))).toEqual(der)
  })
  it.each([
    ['truncated', '3080 0201'],
    ['truncated', '3080 0201 05'],
    ['indefinite_primitive', '0480 0000'],
  ])('fail/%s', (reason, input) => expect(reasonOf(() => berToDer(hex(input)))).toBe(reason))
})

describe('BER in very many pieces', () => {
  it.each([
    ['a string', '2480', '040100'],
    ['a sequence', '3080', '0500'],
  ])('ok/150,000 parts of %s are read', (_what, head, piece) => {
    const encoded = Buffer.from(`${head}${piece.repeat(150_000)}0000`, 'hex')
    expect(berToDer(encoded).length).toBeGreaterThan(149_999)
  })
})
