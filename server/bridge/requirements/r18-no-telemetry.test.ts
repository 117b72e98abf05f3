import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'

const root = join(import.meta.dirname, '..', '..', '..')
/** What is shipped to a user's computer; `sdk/` and the demo platform run in other people's pages and servers. */
const shipped = ['contract', 'pki', 'native', 'server/bridge', 'main', 'preload', 'renderer']
const isShipped = (file: string) =>
  /\.tsx?$/.test(file) && !/\.test\.tsx?$|^server\/bridge\/(sdk|testing|browser|requirements)\//.test(file)

const sources = shipped
  .flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)),
  )
  .map((file) => file.replaceAll('\\', '/'))
  .filter(isShipped)

/** Every way out of the computer that Node and a page have. */
const waysOut: Record<string, RegExp> = {
  // With an address: pki has functions of that name that fetch bytes of a file.
  fetch: /\bfetch\((?:`|'|"|\w*(?:url|address|request))/i,
  'an HTTP client': /import [^\n]*\b(request|get|Agent)\b[^\n]* from 'node:https?'|\bhttps?\.(request|get)\(/,
  'a bare socket': /\b(createConnection|connect)\b[^\n]* from 'node:(net|tls|http2)'|from 'node:dgram'/,
  'a socket or beacon of a page': /new WebSocket\(|sendBeacon\(|new XMLHttpRequest\(|new EventSource\(/,
  "Electron's network": /\bnet\.(request|fetch)\(|autoUpdater/,
  'a report of crashes': /uploadToServer: true|submitURL: '[^']+'/,
}

describe('R18 no telemetry', () => {
  test('there is something to look at', () => expect(sources.length).toBeGreaterThan(100))

  for (const [name, pattern] of Object.entries(waysOut)) {
    test(`nothing that is shipped uses ${name}`, () => {
      const found = sources.filter((file) => pattern.test(readFileSync(join(root, file), 'utf8')))
      expect(found).toEqual([])
    })
  }

  test('nothing that is shipped depends on a library that reports home', () => {
    const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      dependencies: Record<string, string>
    }
    const reporting = /sentry|bugsnag|datadog|newrelic|posthog|mixpanel|amplitude|segment|analytics|telemetry|rollbar/i
    expect(Object.keys(dependencies).filter((name) => reporting.test(name))).toEqual([])
  })
})
