import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { waysOut } from '../testing/ways-out.ts'

const root = join(import.meta.dirname, '..', '..', '..')
/** What is shipped to a user's computer; `sdk/` and the demo platform run in other people's pages and servers. */
const shipped = ['contract', 'pki', 'native', 'server/bridge', 'main', 'preload', 'renderer']
const isShipped = (file: string) =>
  /\.tsx?$/.test(file) && !/\.test\.tsx?$|^server\/bridge\/(sdk|browser|requirements)\/|\/testing\//.test(file)

const sources = shipped
  .flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)),
  )
  .map((file) => file.replaceAll('\\', '/'))
  .filter(isShipped)

describe('R18 no telemetry', () => {
  test('there is something to look at', () => expect(sources.length).toBeGreaterThan(100))

  test('nothing that is shipped can open a connection', () => {
    const found = sources.map((file) => [file, waysOut(file, readFileSync(join(root, file), 'utf8'))] as const)
    expect(found.filter(([, ways]) => ways.length > 0)).toEqual([])
  })

  test.each([
    ['an address of any name', 'await fetch(endpoint)'],
    ['fetch under another name', 'const send = globalThis.fetch\nsend(x)'],
    ['fetch handed over', 'withRetry(fetch)'],
    ['fetch by its name', "window['fetch'](x)"],
    ['an import over several lines', "import {\n  createServer,\n  request,\n} from 'node:http'"],
    ['a renamed import', "import { get as load } from 'https'"],
    ['a module as a whole', "import * as http from 'node:http'"],
    ['a default import', "import net from 'node:net'"],
    ['a dynamic import', "const { request } = await import('node:https')"],
    ['require', "require('net').connect(1)"],
    ['an export', "export { lookup } from 'node:dns'"],
    ['a socket class', "import { Socket } from 'node:net'"],
    ['datagrams', "import { createSocket } from 'node:dgram'"],
    ['a web socket', 'new WebSocket(x)'],
    ['a beacon', 'navigator.sendBeacon(x)'],
    ['a request of a page', 'new XMLHttpRequest()'],
    ["Electron's network", "import { app, net } from 'electron'"],
    ["a session's fetch", 'session.defaultSession.fetch(x)'],
    ['a report of crashes', 'start({ uploadToServer: isOn })'],
    ['a place for such reports', 'start({ submitURL: address })'],
  ])('fail/%s is seen', (_name, text) => expect(waysOut('sample.ts', text)).not.toEqual([]))

  test.each([
    [
      'a server and types',
      "import { createServer, type Server } from 'node:http'\nimport type { Socket } from 'node:net'",
    ],
    ['a fetch of our own', 'const fetch = async (at: number) => at\nawait fetch(1)'],
    ['words', "const mode = 'fetch' // fetch(endpoint)"],
    ['other names', 'query.refetch()'],
    ['reports that stay', "start({ uploadToServer: false, submitURL: '' })"],
  ])('ok/%s', (_name, text) => expect(waysOut('sample.ts', text)).toEqual([]))

  test('no dependency has the name of a library that reports home', () => {
    const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      dependencies: Record<string, string>
    }
    const reporting = /sentry|bugsnag|datadog|newrelic|posthog|mixpanel|amplitude|segment|analytics|telemetry|rollbar/i
    expect(Object.keys(dependencies).filter((name) => reporting.test(name))).toEqual([])
  })
})
