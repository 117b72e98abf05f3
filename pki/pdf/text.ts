import { isString } from './objects.ts'
import type { PdfValue } from './objects.ts'

const utf16 = new TextDecoder('utf-16be')
const utf8 = new TextDecoder('utf-8')
const latin1 = new TextDecoder('latin1')

/** Text string (ISO 32000-1 §7.9.2.2, UTF-8 of ISO 32000-2); PDFDocEncoding is read as Latin-1. */
export const readTextString = (value: PdfValue): string | null => {
  if (!isString(value)) return null
  const { bytes } = value
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return utf16.decode(bytes.subarray(2))
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return utf8.decode(bytes.subarray(3))
  return latin1.decode(bytes)
}

/** As a literal where it is plain ASCII, else UTF-16BE with its mark, in hex. */
export const writeTextString = (text: string): string => {
  if (/^[\x20-\x7e]*$/.test(text)) return `(${text.replaceAll(/[\\()]/g, (character) => `\\${character}`)})`
  const units = Array.from({ length: text.length }, (_, at) => text.charCodeAt(at).toString(16).padStart(4, '0'))
  return `<feff${units.join('')}>`
}

export const writeName = (name: string): string =>
  `/${name.replaceAll(/[^!-~]|[#()<>[\]{}/%]/g, (character) => `#${character.charCodeAt(0).toString(16).padStart(2, '0')}`)}`

/** Date (§7.9.4), in UTC. */
export const writeDate = (date: Date): string => `(D:${date.toISOString().replaceAll(/[-:T]|\.\d+Z/g, '')}+00'00')`

const datePattern = /^D:(\d{4})(\d{2})?(\d{2})?(\d{2})?(\d{2})?(\d{2})?(?:Z|([+-])(\d{2})'?(\d{2})?'?)?/

export const readDate = (value: PdfValue): Date | null => {
  const match = datePattern.exec(readTextString(value) ?? '')
  if (match === null) return null
  const [, year = '', month = '01', day = '01', hour = '00', minute = '00', second = '00', sign, hours, minutes] = match
  const zone = sign === undefined ? 'Z' : `${sign}${hours ?? '00'}:${minutes ?? '00'}`
  const date = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}${zone}`)
  return Number.isNaN(date.getTime()) ? null : date
}

/** A number without exponent, to a ten-thousandth of a point. */
export const writeNumber = (value: number): string => String(Number(value.toFixed(4)))
