/** Each test: own keys, own data, own platform server, own client, closed and cleared afterwards. */
import { cp, mkdir, rm } from 'node:fs/promises'
import path from 'node:path'
import { test as base, type Page, type TestInfo } from '@playwright/test'
import { freePort, setStage, type Stage } from '#tools/demo/stage.ts'
import type { FaultyToken } from '#tools/faulty-pkcs11/faulty-token.ts'
import { createDemoTokens } from '#tools/softhsm/tokens.ts'
import { openChromium, type BidderBrowser, type LocalNetworkAccess } from './chromium.ts'
import { startClient, type Client } from './client.ts'
import { makeFaultyKey } from './faulty-key.ts'
import { keysTemplate, root } from './folders.ts'

interface WorkerFixtures {
  readonly keys: string
}
interface TestFixtures {
  readonly folder: string
  /** A further key in a driver that misbehaves on order. */
  readonly faulty: FaultyToken | null
  readonly withFaultyKey: boolean
  readonly stage: Stage
  /** A packaged program in place of the working tree. */
  readonly executablePath: string
  readonly client: Client
  /** How the bidder's browser treats requests to loopback. */
  readonly access: LocalNetworkAccess
  readonly bidder: BidderBrowser
}

const KEYS = 2

/** What was to be seen when a test failed. */
const attachWindows = async (info: TestInfo, pages: readonly Page[]): Promise<void> => {
  for (const page of pages) {
    const name = `${new URL(page.url()).pathname.slice(1) || 'page'}.png`
    const body = await page.screenshot({ timeout: 5000 }).catch((error: unknown) => Buffer.from(String(error)))
    await info.attach(name, { body, contentType: 'image/png' })
  }
}

export const test = base.extend<TestFixtures, WorkerFixtures>({
  access: ['exempt', { option: true }],
  keys: [
    // eslint-disable-next-line no-empty-pattern -- Playwright reads the fixtures from the pattern
    async ({}, use) => {
      await createDemoTokens(keysTemplate, { tokens: KEYS })
      await use(keysTemplate)
    },
    { scope: 'worker', timeout: 120_000 },
  ],
  withFaultyKey: [false, { option: true }],
  folder: async ({ keys }, use, info) => {
    const folder = path.join(root, 'out/e2e/stages', info.testId)
    await rm(folder, { recursive: true, force: true })
    await mkdir(folder, { recursive: true })
    await cp(keys, path.join(folder, 'keys'), { recursive: true })
    await use(folder)
    if (info.status === info.expectedStatus) await rm(folder, { recursive: true, force: true })
  },
  faulty: async ({ folder, withFaultyKey }, use) => {
    await use(withFaultyKey ? await makeFaultyKey(folder, path.join(folder, 'keys')) : null)
  },
  stage: async ({ folder, faulty }, use) => {
    const drivers = faulty ? [{ id: 'faulty', name: 'Faulty', path: faulty.modulePath }] : []
    const stage = await setStage({ folder, tokens: KEYS, drivers, bridgePorts: [await freePort()] })
    await use({ ...stage, env: { ...stage.env, ...faulty?.env } })
    await stage.stop()
  },
  executablePath: ['', { option: true }],
  client: async ({ stage, executablePath }, use, info) => {
    const program = executablePath === '' ? {} : { executablePath }
    const client = await startClient({ userData: stage.clientData, env: stage.env, ...program })
    await use(client)
    if (info.status !== info.expectedStatus) await attachWindows(info, client.app.windows())
    await client.close()
  },
  bidder: async ({ stage, access }, use, info) => {
    const bidder = await openChromium(stage.platform.origin, access)
    await use(bidder)
    if (info.status !== info.expectedStatus) await attachWindows(info, bidder.context.pages())
    await bidder.close()
  },
})

export { expect } from '@playwright/test'
