import { expect, test } from 'vitest'
import { findBrowser } from './find-browser.ts'

const on = (platform: NodeJS.Platform, env: NodeJS.ProcessEnv, ...existing: string[]) =>
  findBrowser(platform, env, (path) => existing.includes(path))

test('the chosen browser comes first, and must exist', () => {
  expect(on('linux', { YZT_CHROMIUM: '/own/chrome' }, '/own/chrome', '/opt/google/chrome/chrome')).toBe('/own/chrome')
  expect(() => on('linux', { YZT_CHROMIUM: '/own/chrome' })).toThrow(/does not exist/)
})

test('ok/linux: known places, then the PATH', () => {
  expect(on('linux', { PATH: '/usr/bin' }, '/opt/google/chrome/chrome')).toBe('/opt/google/chrome/chrome')
  expect(on('linux', { PATH: '/a:/usr/bin' }, '/usr/bin/google-chrome')).toBe('/usr/bin/google-chrome')
})

test('ok/macOS: an application', () => {
  const edge = '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge'
  expect(on('darwin', {}, edge)).toBe(edge)
})

test('fail/none: says what to do', () => {
  expect(() => on('linux', { PATH: '/usr/bin' })).toThrow(/Install one, or set YZT_CHROMIUM/)
})
