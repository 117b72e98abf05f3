import { readFileSync } from 'node:fs'
import path from 'node:path'
import { clickLogin, clickSign, expectNotice, logIn, openPlatform, openTender } from '../support/bidding.ts'
import {
  approve,
  chooseCertificate,
  documentQuestion,
  grantQuestion,
  loginQuestion,
  reject,
  typePin,
} from '../support/consent.ts'
import { PIN } from '../support/pin.ts'
import { expect, test } from '../support/test.ts'

test.beforeEach(async ({ stage, bidder }) => {
  await openPlatform(bidder.page, stage.platform.origin)
})

test('a refused grant is told apart and changes nothing', async ({ client, bidder }) => {
  await clickLogin(bidder.page)
  await reject(await grantQuestion(client))
  await expectNotice(bidder.page, 'sdk.grant_refused', /授权/)
  expect(await client.call('grants.list', undefined)).toEqual([])
})

test('放弃授权 at the login signs nothing, and the page says so calmly', async ({ client, bidder }) => {
  await clickLogin(bidder.page)
  await approve(await grantQuestion(client))
  await reject(await loginQuestion(client))
  await expectNotice(bidder.page, 'operation.cancelled_by_user', /没有签署任何内容/)
  await expect(bidder.page.locator('.notice')).not.toHaveClass(/bad/)
})

test('a wrong PIN is asked for again, the right one then works, and neither is in the log', async ({
  stage,
  client,
  bidder,
}) => {
  const wrongPin = '907183'
  await clickLogin(bidder.page)
  await approve(await grantQuestion(client))
  const window = await loginQuestion(client)
  await chooseCertificate(window, '张三')
  await typePin(window, wrongPin)
  await approve(window)
  await expect(window.getByRole('alert')).toContainText(/口令不正确|口令错误/)
  await expect(window.locator('#consent-pin')).toHaveValue('')
  await typePin(window)
  await approve(window)
  await expect(bidder.page.getByRole('heading', { name: '招标项目' })).toBeVisible()
  const log = readFileSync(path.join(stage.clientData, 'logs/client.log'), 'utf8')
  expect(log).toContain('driver loaded')
  for (const pin of [wrongPin, PIN]) expect(log).not.toContain(pin)
})

test('when the page goes away the window says so and closes, and nothing is signed', async ({ client, bidder }) => {
  await logIn(client, bidder.page)
  await openTender(bidder.page)
  await clickSign(bidder.page)
  const question = await documentQuestion(client)
  await bidder.page.close()
  await expect(question.getByText('没有签署任何内容')).toBeVisible({ timeout: 20_000 })
  await expect.poll(() => client.hasConsent(), { timeout: 20_000 }).toBe(false)
  const journal = await client.call('journal.list', { before: null, limit: 50 })
  expect(journal.filter(({ kind }) => kind === 'document_sign')).toEqual([])
})

test('取消 on the page closes the window', async ({ client, bidder }) => {
  await logIn(client, bidder.page)
  await openTender(bidder.page)
  await clickSign(bidder.page)
  await documentQuestion(client)
  await bidder.page.getByRole('button', { name: '取消' }).click()
  await expectNotice(bidder.page, 'page.aborted', /没有登录，也没有递交/)
  await expect.poll(() => client.hasConsent(), { timeout: 20_000 }).toBe(false)
})

test('a grant revoked in the client has to be asked for again', async ({ client, bidder }) => {
  await logIn(client, bidder.page)
  const [grant] = await client.call('grants.list', undefined)
  await client.call('grants.revoke', { id: grant!.id })
  await openTender(bidder.page)
  await clickSign(bidder.page)
  await grantQuestion(client)
})

test('the platform refuses an unsigned file', async ({ client, bidder }) => {
  await logIn(client, bidder.page)
  await openTender(bidder.page)
  await bidder.page.locator('#signed-file').setInputFiles('examples/trading-platform/files/tender-2026-0117.pdf')
  await expectNotice(bidder.page, 'bid.unsigned', /没有电子签名/)
})
