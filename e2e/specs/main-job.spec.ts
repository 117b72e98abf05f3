import { readFileSync } from 'node:fs'
import path from 'node:path'
import { judge } from '#tools/demo/judges.ts'
import { logIn, openPlatform, openTender, submitBid } from '../support/bidding.ts'
import {
  approve,
  chooseCertificate,
  documentQuestion,
  grantQuestion,
  loginQuestion,
  typePin,
} from '../support/consent.ts'
import { expect, test } from '../support/test.ts'

for (const access of ['exempt', 'granted'] as const) {
  test.describe(`Chromium, page ${access === 'exempt' ? 'on this computer' : 'on a public address, local network granted'}`, () => {
    test.use({ access })

    test('a bidder logs in, signs and hands in a bid, and others accept the signature', async ({
      stage,
      client,
      bidder,
    }) => {
      const { page } = bidder
      await openPlatform(page, stage.platform.origin)

      await test.step('log in', () => logIn(client, page))
      await expect(page.locator('#who')).toContainText('华北建设工程有限公司')
      await openTender(page)
      const number = await test.step('sign and submit', () => submitBid(client, page))

      const bid = path.join(stage.folder, 'platform', `${number}.pdf`)
      const verdicts = await judge(bid, stage.caFile, path.join(stage.folder, 'judged'))
      for (const { judge: name, isAccepted, output } of verdicts) expect(isAccepted, `${name}: ${output}`).toBe(true)

      const published = readFileSync('examples/trading-platform/files/tender-2026-0117.pdf')
      expect(readFileSync(bid).subarray(0, published.length).equals(published)).toBe(true)

      const journal = await client.call('journal.list', { before: null, limit: 50 })
      const outcomes = journal.map(({ kind, entry, outcome }) => [kind, entry, outcome].join(' '))
      expect(outcomes).toContain('document_sign intent ')
      expect(outcomes).toContain('document_sign outcome ok')
      expect(outcomes).toContain('login outcome ok')
      expect(new Set(journal.map(({ origin }) => origin))).toEqual(new Set([stage.platform.origin]))
      expect(await client.call('journal.verify', undefined)).toMatchObject({ isIntact: true, brokenAt: null })
    })
  })
}

test('the consent windows say who asks, for what, with which document and where the seal lands', async ({
  stage,
  client,
  bidder,
}) => {
  const { page } = bidder
  await openPlatform(page, stage.platform.origin)
  await page.getByRole('button', { name: '使用数字证书登录' }).click()
  const grant = await grantQuestion(client)
  await expect(grant.locator('body')).toContainText(stage.platform.origin)
  await expect(grant.locator('body')).toContainText('HDJY-DEMO-01')
  await expect(grant.locator('body')).toContainText('已登记的平台')
  await expect(grant.getByRole('button', { name: '放弃授权' })).toBeFocused()
  await approve(grant)

  const login = await loginQuestion(client)
  await expect(login.locator('body')).toContainText('此签名只用于登录此网站')
  await expect(login.getByRole('button', { name: '确认授权' })).toBeDisabled()
  await chooseCertificate(login, '张三')
  await typePin(login)
  await approve(login)

  await expect(page.getByRole('heading', { name: '招标项目' })).toBeVisible()
  await openTender(page)
  await page.getByRole('button', { name: '签章并递交' }).click()
  const sign = await documentQuestion(client)
  await expect(sign.locator('body')).toContainText('城东污水处理厂提标改造工程-招标文件及投标函.pdf')
  await expect(sign.locator('body')).toContainText('4 页')
  await expect(sign.locator('body')).toContainText('投标专用章')
  const rendered = sign.getByRole('img', { name: /第 1 页的内容/ })
  await expect(rendered).toBeVisible()
  expect(await rendered.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(100)

  // The page asks for a straddle seal of 40 mm, 130 mm from the top, over four pages: a quarter at this A4 page's edge.
  const placed = sign.locator('.placed-seal')
  await expect(placed).toHaveCount(1)
  await expect(placed.locator('img')).toBeVisible()
  const sheet = (await sign.locator('.sheet').boundingBox())!
  const box = (await placed.boundingBox())!
  expect((box.x + box.width - sheet.x) / sheet.width).toBeCloseTo(1, 2)
  expect(box.width / sheet.width).toBeCloseTo(10 / 210, 2)
  expect((box.y - sheet.y) / sheet.height).toBeCloseTo(130 / 297, 2)
})
