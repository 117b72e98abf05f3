import { openFirefox } from '../support/firefox.ts'
import {
  approve,
  chooseCertificate,
  documentQuestion,
  grantQuestion,
  loginQuestion,
  typePin,
} from '../support/consent.ts'
import { expect, test } from '../support/test.ts'

test('a bidder with Firefox logs in, signs and hands in a bid', async ({ stage, client }) => {
  const browser = await openFirefox()
  try {
    const page = await browser.newPage()
    await page.goto(`${stage.platform.origin}/`)
    await page.locator('button.primary').click()
    await approve(await grantQuestion(client))
    const login = await loginQuestion(client)
    await chooseCertificate(login, '张三')
    await typePin(login)
    await approve(login)
    await page.locator('[data-tender="tender-2026-0117"] button').click()
    await page.locator('button.primary').click()
    const sign = await documentQuestion(client)
    await typePin(sign)
    await approve(sign)
    const receipt = await page.locator('[data-receipt]').waitHandle()
    const text = await receipt.evaluate((card) => card.textContent)
    expect(text).toContain('华北建设工程有限公司')
    await receipt.dispose()
  } finally {
    await browser.close()
  }
})
