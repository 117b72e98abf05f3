import { AxeBuilder } from '@axe-core/playwright'
import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import { chromium, type Browser, type Page } from 'playwright'
import type { WindowKind } from '#contract/ipc.ts'
import { buildAndServe } from './build-and-serve.ts'
import { serveCalls, type Answers } from './fake-main.ts'

const screens = path.resolve(import.meta.dirname, '../../out/screens')
const pages = { main: 'index.html', consent: 'consent.html', viewer: 'viewer.html' } as const
const sizes = {
  main: { width: 1180, height: 760 },
  consent: { width: 960, height: 680 },
  viewer: { width: 800, height: 600 },
}

export interface OpenOptions {
  readonly answers?: Answers
  readonly path?: string
  readonly colorScheme?: 'light' | 'dark'
  readonly viewport?: { readonly width: number; readonly height: number }
}

const openPage = async (browser: Browser, address: string, kind: WindowKind, options: OpenOptions) => {
  const context = await browser.newContext({
    viewport: options.viewport ?? sizes[kind],
    colorScheme: options.colorScheme ?? 'light',
    reducedMotion: 'reduce',
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
  })
  const page = await context.newPage()
  /** Errors, refusals of the policy and failed requests: there must be none. */
  const complaints: string[] = []
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('requestfailed', (request) => {
    if (!request.url().startsWith('blob:')) complaints.push(`${request.url()} ${request.failure()?.errorText ?? ''}`)
  })
  page.on('response', (response) => {
    if (response.status() >= 400) complaints.push(`${response.url()} ${response.status()}`)
  })
  const main = await serveCalls(page, kind, options.answers)
  await page.goto(`${address}${options.path === undefined ? '' : `#${options.path}`}`)
  return { page, main, complaints, context }
}

export type Opened = Awaited<ReturnType<typeof openPage>>

/** Serious findings of axe as readable lines. */
const findings = async (page: Page): Promise<readonly string[]> => {
  const { violations } = await new AxeBuilder({ page }).analyze()
  return violations
    .filter((violation) => violation.impact === 'serious' || violation.impact === 'critical')
    .flatMap((violation) =>
      violation.nodes.map(
        (node) => `${violation.id}: ${node.target.join(' ')} ${node.any.map((check) => check.message).join('; ')}`,
      ),
    )
}

/** What no window may do: be wider than it is. */
const overflow = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)

export const createWorkbench = async () => {
  const [server, browser] = await Promise.all([
    buildAndServe(),
    chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] }),
    mkdir(screens, { recursive: true }),
  ])
  const opened = new Set<Opened>()
  return {
    browser,
    open: async (kind: WindowKind, options: OpenOptions = {}): Promise<Opened> => {
      const one = await openPage(browser, server.url(pages[kind]), kind, options)
      opened.add(one)
      return one
    },
    closePages: async () => {
      await Promise.all([...opened].map(({ context }) => context.close()))
      opened.clear()
    },
    /** A picture of the screen in `out/screens/`, and everything that is wrong with it. */
    inspect: async ({ page, complaints }: Opened, name: string): Promise<readonly string[]> => {
      await page.screenshot({ path: path.join(screens, `${name}.png`) })
      const wide = await overflow(page)
      return [...complaints, ...(await findings(page)), ...(wide > 0 ? [`${wide} px wider than the window`] : [])]
    },
    close: async () => {
      await browser.close()
      await server.close()
    },
  }
}

export type Workbench = Awaited<ReturnType<typeof createWorkbench>>
