import { describe, expect, it } from 'vitest'

import { readDer } from '../asn1/reader.ts'
import { tag } from '../asn1/tags.ts'
import { encode, oid, sequence, setOf } from '../asn1/writer.ts'
import { isEmptyName, isWithinName, namesMatch } from './name-comparison.ts'
import { readName } from './name.ts'

type Part = readonly [type: string, text: string, stringTag?: number]

const encodeText = (text: string, stringTag: number): Buffer => {
  if (stringTag === tag.bmpString) return Buffer.from(text, 'utf16le').swap16()
  return Buffer.from(text, stringTag === tag.utf8String ? 'utf8' : 'latin1')
}
const attribute = ([type, text, stringTag = tag.utf8String]: Part) =>
  sequence(oid(type), encode(stringTag, encodeText(text, stringTag)))
const name = (...rdns: (Part | Part[])[]) => {
  const encoded = rdns.map((rdn) =>
    setOf(...(typeof rdn[0] === 'string' ? [attribute(rdn as Part)] : (rdn as Part[]).map(attribute))),
  )
  return readName(readDer(sequence(...encoded)))
}

const CN = '2.5.4.3'
const O = '2.5.4.10'
const cn = (text: string, stringTag?: number) => name(stringTag === undefined ? [CN, text] : [CN, text, stringTag])

describe('names are compared after RFC 5280 §7.1', () => {
  it.each([
    ['case', cn('Root CA'), cn('rOOT cA')],
    ['blanks in front, behind and in a row', cn('Root CA'), cn('  Root   CA ')],
    ['the string type', cn('Root CA', tag.printableString), cn('Root CA', tag.utf8String)],
    ['BMPString', cn('中标公司', tag.bmpString), cn('中标公司')],
    ['TeletexString', cn('Münze', tag.teletexString), cn('MÜNZE')],
    ['composition', cn('Caf\u00e9'), cn('CAFE\u0301')],
    ['full width', cn('ＡＢＣ公司'), cn('abc公司')],
    ['folding of B.2', cn('Straße'), cn('STRASSE')],
    ['a soft hyphen and a zero width space', cn('Ro\u00adot\u200b'), cn('Root')],
    ['other blanks', cn('Root\u00a0CA'), cn('Root\u3000CA')],
    [
      'the order inside of an RDN',
      name([
        [CN, 'a'],
        [O, 'b'],
      ]),
      name([
        [O, 'B'],
        [CN, 'A'],
      ]),
    ],
  ])('ok/%s does not matter', (_what, a, b) => {
    expect(namesMatch(a, b)).toBe(true)
    expect(namesMatch(b, a)).toBe(true)
  })

  it.each([
    ['other text', cn('Root CA'), cn('Root CB')],
    ['a blank that is missing', cn('Root CA'), cn('RootCA')],
    ['another type', name([CN, 'a']), name([O, 'a'])],
    ['the order of RDNs', name([CN, 'a'], [O, 'b']), name([O, 'b'], [CN, 'a'])],
    [
      'one RDN or two',
      name([
        [CN, 'a'],
        [O, 'b'],
      ]),
      name([CN, 'a'], [O, 'b']),
    ],
    ['text that would join two', name([CN, 'a', tag.utf8String], [O, 'b']), name([CN, 'a\u00022.5.4.10=b'])],
    ['octets that are no text', cn('a\u00ff', tag.printableString), cn('a\u00fe', tag.printableString)],
    ['characters that are prohibited', cn('a\ue000'), cn('A\ue000')],
  ])('fail/%s matters', (_what, a, b) => expect(namesMatch(a, b)).toBe(false))

  it('ok/a name is within itself and those above it', () => {
    const base = name([O, 'Org'])
    expect(isWithinName(name([O, 'ORG'], [CN, 'x']), base)).toBe(true)
    expect(isWithinName(base, base)).toBe(true)
    expect(isWithinName(base, name())).toBe(true)
    expect(isWithinName(base, name([O, 'Org'], [CN, 'x']))).toBe(false)
    expect(isWithinName(name([CN, 'x'], [O, 'Org']), base)).toBe(false)
    expect(isEmptyName(name())).toBe(true)
  })
})
