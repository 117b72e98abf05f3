/** Each test: own keys, own data, own platform server, own client, closed and cleared afterwards. */
import { cp, mkdir, rm } from 'node:fs/promises'
import path from 'node:path'
import { test as base } from '@playwright/test'
import { setStage, type Stage } from '#tools/demo/stage.ts'
import { createDemoTokens } from '#tools/softhsm/tokens.ts'
import { openChromium, type BidderBrowser, type LocalNetworkAccess } from './chromium.ts'
import { startClient, type Client } from './client.ts'
import { keysTemplate, root } from './folders.ts'

interface WorkerFixtures {
  readonly keys: string
}
interface TestFixtures {
  readonly stage: Stage
  readonly client: Client
  /** How the bidder's browser treats requests to loopback. */
  readonly access: LocalNetworkAccess
  readonly bidder: BidderBrowser
}

export { PIN } from './pin.ts'
export const KEYS = 2


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
  stage: async ({ keys }, use, info) => {
    const folder = path.join(root, 'out/e2e/stages', info.testId)
    await rm(folder, { recursive: true, force: true })
    await mkdir(folder, { recursive: true })
    await cp(keys, path.join(folder, 'keys'), { recursive: true })
    const stage = await setStage({ folder, tokens: KEYS })
    await use(stage)
    await stage.stop()
    if (info.status === info.expectedStatus) await rm(folder, { recursive: true, force: true })
  },
  client: async ({ stage }, use) => {
    const client = await startClient({ userData: stage.clientData, env: stage.env })
    await use(client)
    await client.close()
  },
  bidder: async ({ stage, access }, use) => {
    const bidder = await openChromium(stage.platform.origin, access)
    await use(bidder)
    await bidder.close()
  },
})

export { expect } from '@playwright/test'
