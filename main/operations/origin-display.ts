import { domainToUnicode } from 'node:url'
import type { ConsentView } from '#contract/client.ts'

const ASCII = /^[a-z0-9-]+$/
const CHINESE = /^[\u3400-\u4dbf\u4e00-\u9fff]+$/u
/** 丨丶丿乀乁亅: strokes that look like the dots, slashes and bars between the parts of an address. */
const LOOKS_LIKE_PUNCTUATION = /[\u4e28\u4e36\u4e3f-\u4e41\u4e85]/u

/**
 * Everything but a label that is wholly ASCII or wholly Chinese stays punycode: stricter than UTS 39 §5.2, which lets
 * Latin stand beside Han, where 一 and 〇 pass for a dash and a letter.
 */
const isReadable = (label: string): boolean =>
  ASCII.test(label) || (CHINESE.test(label) && !LOOKS_LIKE_PUNCTUATION.test(label))

/** The origin as the consent window shows it. */
export const displayOrigin = (origin: string): ConsentView['origin'] => {
  const url = new URL(origin)
  const unicode = domainToUnicode(url.hostname)
  const isPlain = unicode.split('.').every(isReadable)
  const display = isPlain ? `${url.protocol}//${unicode}${url.port === '' ? '' : `:${url.port}`}` : origin
  return { ascii: origin, display, isSecure: url.protocol === 'https:' }
}
