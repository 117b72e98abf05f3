/** A window whose process ends by itself: nothing is answered for the person, and nothing dead is left standing. */
import type { ElectronApplication, Page } from '@playwright/test'
import { clickLogin, openPlatform } from '../support/bidding.ts'
import { grantQuestion } from '../support/consent.ts'
import { expect, test } from '../support/test.ts'

const crash = async (page: Page): Promise<void> => {
  const session = await page.context().newCDPSession(page)
  // The answer never comes: there is nobody left to give it.
  void session.send('Page.crash').catch(() => undefined)
}

const countWindows = (app: ElectronApplication): Promise<number> =>
  app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)

test('the consent window is lost: its page is told that the operation failed, not that the person refused', async ({
  stage,
  client,
  bidder,
}) => {
  await openPlatform(bidder.page, stage.platform.origin)
  await clickLogin(bidder.page)
  await crash(await grantQuestion(client))
  await expect.poll(() => countWindows(client.app)).toBe(1)
  await expect(bidder.page.getByText(/操作未完成/)).toBeVisible()
})

test('the main window is lost: it goes, and comes back when asked for', async ({ client }) => {
  await expect(client.main.getByRole('heading', { level: 1 })).toBeVisible()
  await crash(client.main)
  await expect.poll(() => countWindows(client.app)).toBe(0)
  await client.app.evaluate(({ app }) => app.emit('activate'))
  await expect.poll(() => countWindows(client.app)).toBe(1)
})
