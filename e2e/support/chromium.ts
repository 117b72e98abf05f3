/** The machine's own Chromium as a bidder's browser: fresh profile, nothing sent anywhere by itself. */
import { existsSync } from 'node:fs'
import { chromium, type Browser, type BrowserContext, type Page } from '@playwright/test'

const candidates = [
  process.env.YZT_CHROMIUM ?? '',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/opt/google/chrome/chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
]

export const chromiumPath = (): string => {
  const found = candidates.find((file) => file !== '' && existsSync(file))
  if (found === undefined) throw new Error('No Chromium, Chrome or Edge was found (Debian: apt-get install chromium)')
  return found
}

export type LocalNetworkAccess = 'exempt' | 'granted' | 'denied'

export interface BidderBrowser {
  readonly browser: Browser
  readonly context: BrowserContext
  readonly page: Page
  readonly close: () => Promise<void>
}

/**
 * `exempt`: the page is on loopback, as the example is by itself, and the browser asks nothing. `granted` and `denied`:
 * the page's address counts as a public one (`--ip-address-space-overrides`), so that reaching the bridge needs the
 * person's permission.
 */
export const openChromium = async (
  origin: string,
  access: LocalNetworkAccess = 'exempt',
  colorScheme: 'light' | 'dark' = 'light',
): Promise<BidderBrowser> => {
  const { host } = new URL(origin)
  const isRoot = process.getuid?.() === 0
  const browser = await chromium.launch({
    executablePath: chromiumPath(),
    args: [
      ...(isRoot ? ['--no-sandbox'] : []),
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      ...(access === 'exempt' ? [] : [`--ip-address-space-overrides=${host}=public`]),
    ],
  })
  const context = await browser.newContext({ locale: 'zh-CN', colorScheme, viewport: { width: 1180, height: 860 } })
  if (access === 'granted') await context.grantPermissions(['local-network-access'], { origin })
  return { browser, context, page: await context.newPage(), close: () => browser.close() }
}
