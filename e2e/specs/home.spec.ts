import AxeBuilder from '@axe-core/playwright'
import { logIn, openPlatform } from '../support/bidding.ts'
import { expect, test } from '../support/test.ts'

test('the home screen shows the plugged-in keys, the bridge and what was signed', async ({ stage, client, bidder }) => {
  const { main } = client
  await expect(main.getByText('演示介质 1').first()).toBeVisible()
  await expect(main.getByText('华北建设工程有限公司').first()).toBeVisible()
  await openPlatform(bidder.page, stage.platform.origin)
  await logIn(client, bidder.page)
  await expect(main.getByText(new URL(stage.platform.origin).host).first()).toBeVisible()
  await main.getByRole('link', { name: '签名记录' }).first().click()
  await expect(main.getByRole('heading', { level: 1 })).toHaveText('签名记录')
  await expect(main.getByText(new URL(stage.platform.origin).host).first()).toBeVisible()
})

for (const theme of ['light', 'dark'] as const) {
  test(`every screen opens without an error, and axe finds nothing serious (${theme})`, async ({ client }) => {
    test.slow()
    const { main } = client
    await client.call('settings.set', { theme })
    await expect(main.locator(`html[data-theme=${theme}]`)).toBeAttached()
    await expect(main.getByRole('heading', { level: 1 })).toBeVisible()
    const links = await main.getByRole('navigation').getByRole('link').all()
    expect(links.length).toBeGreaterThanOrEqual(6)
    for (const link of links) {
      const name = await link.innerText()
      await link.click()
      await expect(main.getByRole('heading', { level: 1 })).toBeVisible()
      await expect(main.locator('body')).not.toContainText('此页面显示时出错')
      const { violations } = await new AxeBuilder({ page: main }).setLegacyMode().analyze()
      const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
      const found = serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`)
      expect(found, name).toEqual([])
    }
  })
}
