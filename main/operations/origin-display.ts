import { domainToUnicode } from 'node:url'
import type { ConsentView } from '#contract/client.ts'

const SCRIPTS = [
  'Latin',
  'Han',
  'Cyrillic',
  'Greek',
  'Hiragana',
  'Katakana',
  'Hangul',
  'Arabic',
  'Hebrew',
  'Thai',
] as const
const scriptPatterns = SCRIPTS.map((script) => new RegExp(`\\p{Script=${script}}`, 'u'))
/** Letters of scripts beyond the list are never shown in Unicode form. */
const KNOWN = new RegExp(`^[\\p{N}.\\-${SCRIPTS.map((script) => `\\p{Script=${script}}`).join('')}]*$`, 'u')

/**
 * A label that mixes scripts, or is written wholly in one whose letters look like Latin ones, stays punycode, as browsers
 * do (UTS 39 §5.2, single script). Han beside Latin is usual in Chinese names and is not confusable.
 */
const isReadable = (label: string): boolean => {
  if (!KNOWN.test(label)) return false
  const found = SCRIPTS.filter((_, index) => scriptPatterns[index]?.test(label))
  if (found.includes('Cyrillic') || found.includes('Greek')) return false
  return found.length <= 1 || found.every((script) => script === 'Latin' || script === 'Han')
}

/** The origin as the consent window shows it. */
export const displayOrigin = (origin: string): ConsentView['origin'] => {
  const url = new URL(origin)
  const unicode = domainToUnicode(url.hostname)
  const isPlain = unicode !== '' && unicode.split('.').every(isReadable)
  const display = isPlain ? `${url.protocol}//${unicode}${url.port === '' ? '' : `:${url.port}`}` : origin
  return { ascii: origin, display, isSecure: url.protocol === 'https:' }
}
