import { startClient } from '../support/client.ts'
import { clickLogin, openPlatform } from '../support/bidding.ts'
import { approve, chooseCertificate, grantQuestion, loginQuestion, typePin } from '../support/consent.ts'
import { expect, test } from '../support/test.ts'
import { openDisplay } from '../support/virtual-display.ts'

test('with a display the windows are real ones, and the login works in them', async ({ stage, bidder }) => {
  const display = await openDisplay()
  try {
    const client = await startClient({ userData: stage.clientData, env: stage.env, display: display.name })
    try {
      await expect(client.main.getByRole('heading', { level: 1 })).toBeVisible()
      await openPlatform(bidder.page, stage.platform.origin)
      await clickLogin(bidder.page)
      await approve(await grantQuestion(client))
      const window = await loginQuestion(client)
      await chooseCertificate(window, '张三')
      await typePin(window)
      await approve(window)
      await expect(bidder.page.getByRole('heading', { name: '招标项目' })).toBeVisible()
    } finally {
      await client.close()
    }
  } finally {
    await display.close()
  }
})
