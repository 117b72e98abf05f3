import { expect, test } from 'vitest'
import { parseArguments } from './command-line.ts'

test('switches are found before and behind the application', () => {
  const parsed = parseArguments(['--no-sandbox', 'app', '--user-data-dir=x=y', '--Flag', 'file.pdf'], false)
  expect(parsed.application).toBe('app')
  expect(Object.fromEntries(parsed.switches)).toEqual({ 'no-sandbox': '', 'user-data-dir': 'x=y', flag: '' })
})

test('-r takes a module, -- ends the switches', () => {
  const parsed = parseArguments(['-r', 'loader.js', 'app', '--', '--not-a-switch'], false)
  expect(parsed).toMatchObject({ preloads: ['loader.js'], application: 'app' })
  expect(parsed.switches.size).toBe(0)
})

test('a packaged program takes no application from its arguments', () => {
  expect(parseArguments(['yzt://open'], true).application).toBeNull()
})
