import { expect, test } from 'vitest'
import { createUrlMap } from './urls.ts'

const urls = createUrlMap((scheme) => scheme === 'app')

test.each([
  ['app://bundle/index.html#/home', 'https://bundle.app.invalid/index.html#/home'],
  ['app://bundle', 'https://bundle.app.invalid/'],
  ['app://bundle?x=1', 'https://bundle.app.invalid?x=1'],
  ['https://example.org/', 'https://example.org/'],
  ['file:///x', 'file:///x'],
])('%s is loaded as %s', (program, browser) => {
  expect(urls.toBrowser(program)).toBe(browser)
})

test.each([
  ['https://bundle.app.invalid/a?b#c', 'app://bundle/a?b#c'],
  ['https://bundle.other.invalid/', 'https://bundle.other.invalid/'],
  ['https://bundle.app.invalid.example.org/', 'https://bundle.app.invalid.example.org/'],
  ['https://example.org/?u=https://bundle.app.invalid/', 'https://example.org/?u=https://bundle.app.invalid/'],
  ['http://bundle.app.invalid/', 'http://bundle.app.invalid/'],
])('the browser says %s, the program reads %s', (browser, program) => {
  expect(urls.fromBrowser(browser)).toBe(program)
})

test('an origin is named as Electron names it', () => {
  expect(urls.origin('https://bundle.app.invalid/a')).toBe('app://bundle')
  expect(urls.origin('https://example.org:8443/a')).toBe('https://example.org:8443')
  expect(urls.origin('about:blank')).toBe('null')
})

test('a policy that names the scheme or a host of it means the address the browser uses', () => {
  expect(urls.policy("script-src 'self' app:; img-src app://bundle data:")).toBe(
    "script-src 'self' https://*.app.invalid; img-src https://bundle.app.invalid data:",
  )
})
