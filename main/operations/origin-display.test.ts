import { describe, expect, test } from 'vitest'
import { displayOrigin } from './origin-display.ts'

describe('the origin in the consent window', () => {
  test.each([
    ['https://bid.example', 'https://bid.example'],
    ['https://bid.example:8443', 'https://bid.example:8443'],
    ['https://xn--fiqs8s.example', 'https://中国.example'],
    ['https://xn--fiqs8s:8443', 'https://中国:8443'],
  ])('ok/%s is read as %s', (ascii, display) => {
    expect(displayOrigin(ascii)).toEqual({ ascii, display, isSecure: true })
  })

  test.each([
    // Cyrillic letters that look like "apple", alone and among Latin ones
    'https://xn--80ak6aa92e.com',
    'https://xn--pple-43d.com',
    // Greek omicron among Latin letters
    'https://xn--ggle-0nda.com',
    'https://xn--invalid--x.example',
  ])('fail/%s stays punycode', (ascii) => {
    expect(displayOrigin(ascii).display).toBe(ascii)
  })

  test('ok/a page without TLS is said to be insecure', () => {
    expect(displayOrigin('http://127.0.0.1:8080').isSecure).toBe(false)
  })
})
