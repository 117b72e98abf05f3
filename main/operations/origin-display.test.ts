import { domainToASCII } from 'node:url'
import { describe, expect, test } from 'vitest'
import { displayOrigin } from './origin-display.ts'

describe('the origin in the consent window', () => {
  test.each([
    ['https://bid.example', 'https://bid.example'],
    ['https://bid.example:8443', 'https://bid.example:8443'],
    ['https://xn--fiqs8s.example', 'https://中国.example'],
    ['https://xn--fiqs8s:8443', 'https://中国:8443'],
    [`https://${domainToASCII('公共资源.一证通.example')}`, 'https://公共资源.一证通.example'],
    ['https://127.0.0.1', 'https://127.0.0.1'],
    ['https://[::1]:8443', 'https://[::1]:8443'],
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
    ...[
      // Latin letters and Chinese characters that look like a dot, a dash, the letter o
      'ggzy.gov.cn丶evil.example',
      'bank.cn一login.example',
      'g〇〇gle.example',
      // Digits and Chinese characters that look like one or like a dash
      '1〇086.example',
      '400一800.example',
      // Chinese characters that look like a dot, a slash, a bar
      '中国丶公司.example',
      '中国丿公司.example',
      '中国丨公司.example',
      // Latin letters beyond ASCII
      'gooɡle.example',
      'münchen.example',
      // Written from right to left, syllables
      'عربي.example',
      'ノ例.example',
    ].map((host) => `https://${domainToASCII(host)}`),
  ])('fail/%s stays punycode', (ascii) => {
    expect(displayOrigin(ascii).display).toBe(ascii)
  })

  test('ok/a page without TLS is said to be insecure', () => {
    expect(displayOrigin('http://127.0.0.1:8080').isSecure).toBe(false)
  })
})
