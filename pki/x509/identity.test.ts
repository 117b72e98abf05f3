import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { readDer } from '../asn1/reader.ts'
import { encode, explicit, octetString, oid, sequence, setOf, utf8String } from '../asn1/writer.ts'
import { encodeName } from '../issue/name.ts'
import type { NameInput } from '../issue/name.ts'
import { readIdentity } from './identity.ts'
import { readName } from './name.ts'

const code = '91350100M000100Y43'
const wrongCode = '91350100M000100Y44'
const resident = '11010519491231002X'
const organization = 'M000100Y4'
const printable = (text: string) => encode(0x13, Buffer.from(text))
const implicit = (choice: number, text: string) => encode(0x80 | choice, Buffer.from(text))
const read = (extensions: Record<string, Uint8Array>, subject: NameInput = [['CN', 'x']]) =>
  readIdentity(
    Object.entries(extensions).map(([type, value]) => ({ oid: type, isCritical: false, value })),
    readName(readDer(encodeName(subject))),
  )
const brief = (...input: Parameters<typeof read>) =>
  read(...input).numbers.map(({ kind, value, isValid }) => `${kind} ${value} ${isValid ?? '-'}`)

const gm = '1.2.156.10260.4.1'

describe('numbers in extensions', () => {
  test.each<[string, Uint8Array]>([
    ['a PrintableString', printable(resident)],
    ['a UTF8String', utf8String(resident)],
    ['bare text', Buffer.from(resident)],
    ['an octet string around a string', octetString(printable(resident))],
    ['IdentifyCode, IMPLICIT', implicit(0, resident)],
    ['IdentifyCode, EXPLICIT', explicit(0, printable(resident))],
    ['IdentifyCode as a SET', setOf(implicit(0, resident))],
    ['a container of 2023', sequence(sequence(oid(`${gm}.1.1`), printable(resident)))],
    ['with a prefix', printable(`SF${resident}`)],
    ['with a zero in front', printable(`0${resident}`)],
    ['joined', utf8String(`1@${resident}@张三`)],
  ])('ok/the resident ID as %s', (_name, value) => {
    expect(brief({ [`${gm}.1`]: value })).toEqual([`residentId ${resident} true`])
  })

  test.each<[string, Record<string, Uint8Array>, string[]]>([
    [
      'a wrong check digit is said',
      { [`${gm}.1`]: printable('110105194912310021') },
      ['residentId 110105194912310021 false'],
    ],
    ['a passport, 2012', { [`${gm}.1`]: explicit(2, printable('E12345678')) }, ['passport E12345678 -']],
    ['an officer’s card', { [`${gm}.1`]: implicit(1, '军字第1号') }, ['militaryId 军字第1号 -']],
    ['a passport, 2023', { [`${gm}.1.2`]: printable('E12345678') }, ['passport E12345678 -']],
    [
      'both in a container of 2023',
      {
        [`${gm}.1`]: sequence(
          sequence(oid(`${gm}.1.1`), printable(resident)),
          sequence(oid(`${gm}.1.2`), printable('E1')),
        ),
      },
      [`residentId ${resident} true`, 'passport E1 -'],
    ],
    ['an enterprise where persons belong', { [`${gm}.1`]: printable(`N${code}`) }, [`creditCode ${code} true`]],
    ['the credit code for the organization code', { [`${gm}.4`]: utf8String(code) }, [`creditCode ${code} true`]],
    ['an organization code', { [`${gm}.4`]: printable('M000100Y-4') }, ['organizationCode M000100Y-4 true']],
    ['a wrong organization code', { [`${gm}.4`]: printable('M000100Y5') }, ['organizationCode M000100Y5 false']],
    ['a wrong credit code', { '1.2.156.10260.4.4': printable(wrongCode) }, [`creditCode ${wrongCode} false`]],
    [
      'a tax number that is the credit code',
      { [`${gm}.5`]: printable(code) },
      [`creditCode ${code} true`, `taxNumber ${code} true`],
    ],
    [
      'an old registration number',
      { [`${gm}.3`]: printable('350100100000001') },
      ['registrationNumber 350100100000001 -'],
    ],
    ['insurance', { [`${gm}.2`]: printable('12345') }, ['socialInsurance 12345 -']],
    ['Shanghai’s own', { '1.2.156.1.8888.148': printable(organization) }, [`organizationCode ${organization} true`]],
    [
      'Beijing’s own, with its mark',
      { '2.16.840.1.113732.2': printable(`JJ${organization}`) },
      [`organizationCode ${organization} true`],
    ],
    ['Beijing’s own for a person', { '1.2.86.11.7.1.8': printable(`SF${resident}`) }, [`residentId ${resident} true`]],
    ['something else in it', { '1.2.156.112570.11.205': printable('12345678901') }, []],
    ['nothing readable', { [`${gm}.1`]: Uint8Array.of(0xff, 0xfe) }, []],
  ])('ok/%s', (_name, extensions, expected) => expect(brief(extensions)).toEqual(expected))
})

describe('numbers in the subject', () => {
  test.each<[string, NameInput, string[]]>([
    ['in front of the name', [['O', `${code}淄博市某公司`]], [`creditCode ${code} true`]],
    ['joined in CN', [['CN', `051@某公司@N${code}@1`]], [`creditCode ${code} true`]],
    ['a person’s in serialNumber', [['serialNumber', resident]], [`residentId ${resident} true`]],
    ['a wrong one that looks like it', [['OU', wrongCode]], [`creditCode ${wrongCode} false`]],
    ['nine characters are not taken for a code', [['OU', organization]], []],
    [
      'twice is once',
      [
        ['O', code],
        ['CN', code],
      ],
      [`creditCode ${code} true`],
    ],
  ])('ok/%s', (_name, subject, expected) => expect(brief({}, subject)).toEqual(expected))

  test('ok/one that holds goes before one that does not, and says where it stood', () => {
    const { creditCode, numbers } = read({ '1.2.156.10260.4.4': printable(wrongCode) }, [['O', code]])
    expect(creditCode).toBe(code)
    expect(numbers.map(({ source }) => source)).toEqual(['1.2.156.10260.4.4', 'O'])
  })
})

test('ok/whatever bytes an extension holds, there is an answer', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (value) => {
      expect(Array.isArray(read({ [`${gm}.1`]: value }).numbers)).toBe(true)
    }),
  )
})
