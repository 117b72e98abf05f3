import { chromium, type Page } from '@playwright/test'
import { onTestFinished } from 'vitest'
import { startPlatform } from './platform.ts'

export const origin = 'https://platform.example'

/** DevTools denies whatever it does not grant; left alone, the browser would ask. */
const permissions = { granted: ['local-network-access'], denied: [], notAsked: null }

/** Chromium and a trading platform whose pages count as public, so that Local Network Access applies as on the internet. */
export const startChromium = async () => {
  const platform = await startPlatform()
  const { securePort, plainPort } = platform
  const hosts = ['platform.example', 'outer.example'].map((name) => `MAP ${name}:443 127.0.0.1:${securePort}`)
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
    ignoreDefaultArgs: ['--disable-back-forward-cache'],
    args: [
      '--no-sandbox',
      `--host-resolver-rules=${[...hosts, `MAP platform.example:80 127.0.0.1:${plainPort}`].join(', ')}`,
      `--ip-address-space-overrides=127.0.0.1:${securePort}=public,127.0.0.1:${plainPort}=public`,
    ],
  })
  return {
    /** A developer's page: on loopback itself. */
    loopbackAddress: `http://127.0.0.1:${platform.loopbackPort}/`,
    openPage: async (address = `${origin}/`, permission: keyof typeof permissions = 'granted') => {
      const context = await browser.newContext({ ignoreHTTPSErrors: true })
      onTestFinished(() => context.close())
      const given = permissions[permission]
      if (given !== null) await context.grantPermissions(given, { origin: new URL(address).origin })
      const page = await context.newPage()
      await page.goto(address)
      return { context, page }
    },
    close: async () => {
      await browser.close()
      platform.close()
    },
  }
}
export type TestChromium = Awaited<ReturnType<typeof startChromium>>

/** Runs code in the page with `sdk` and `port`; what it throws comes back as the code of the error. */
export const inPage = (page: Pick<Page, 'evaluate'>, port: number, code: string): Promise<unknown> =>
  page.evaluate(`(async () => {
    while (globalThis.sdk === undefined) await new Promise((resolve) => setTimeout(resolve, 10))
    const sdk = globalThis.sdk, port = ${port}, options = { systemCode: 'TEST-01', ports: [port] }
    try { ${code} } catch (error) { return 'threw ' + (error.code ?? error.message) }
  })()`)
