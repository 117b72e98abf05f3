import { describe, expect, test } from 'vitest'
import { findLink, parseDeepLink } from './deep-link.ts'

describe('yzt:// links', () => {
  test.each([
    ['yzt://open/home', '/home'],
    ['yzt://open/journal/', '/journal'],
    ['yzt://open/settings', '/settings'],
  ])('ok/%s opens %s', (link, path) => {
    expect(parseDeepLink(link)).toBe(path)
  })

  test.each([
    'yzt://open/unknown',
    'yzt://open/home?sign=1',
    'yzt://open/../consent.html',
    'yzt://sign/document',
    'yzt:open/home',
    'YZT://open/home',
    'https://open/home',
    `yzt://open/${'a'.repeat(300)}`,
    'yzt://open/home\n--user-data-dir=x',
    '',
  ])('fail/%j is ignored', (link) => {
    expect(parseDeepLink(link)).toBeNull()
  })

  test('ok/the link is found on a command line', () => {
    expect(findLink(['electron', '--flag', 'yzt://open/home'])).toBe('yzt://open/home')
    expect(findLink(['electron'])).toBeNull()
  })
})
