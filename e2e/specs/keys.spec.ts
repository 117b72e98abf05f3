import { clickLogin, clickSign, expectNotice, openPlatform, openTender } from '../support/bidding.ts'
import {
  approve,
  chooseCertificate,
  documentQuestion,
  grantQuestion,
  loginQuestion,
  typePin,
} from '../support/consent.ts'
import type { FaultyToken } from '#tools/faulty-pkcs11/faulty-token.ts'
import type { Client } from '../support/client.ts'
import { faultyHolder } from '../support/faulty-key.ts'
import { expect, test } from '../support/test.ts'

test.use({ withFaultyKey: true })

test.beforeEach(async ({ stage, client, bidder }) => {
  await openPlatform(bidder.page, stage.platform.origin)
  await clickLogin(bidder.page)
  await approve(await grantQuestion(client))
})

test('three wrong PINs lock the key: the window counts down, says so, and offers no fourth try', async ({ client }) => {
  const window = await loginQuestion(client)
  await chooseCertificate(window, faultyHolder)
  for (const words of [/口令不正确/, /最后 1 次/]) {
    await typePin(window, '000000')
    await approve(window)
    await expect(window.getByRole('alert')).toContainText(words)
  }
  await typePin(window, '000000')
  await approve(window)
  await expect(window.locator('body')).toContainText(/口令已锁定|已锁定/)
  await expect(window.getByRole('radio', { name: faultyHolder, disabled: false })).toHaveCount(0)
  await expect(window.getByRole('button', { name: '确认授权' })).toBeDisabled()
})

test('the key is pulled out while the window asks: it goes from the list, and another one can be used', async ({
  client,
  bidder,
  faulty,
}) => {
  const window = await loginQuestion(client)
  await chooseCertificate(window, faultyHolder)
  await typePin(window)
  faulty!.order('absent')
  await expect(window.getByRole('button', { name: '确认授权' })).toBeDisabled({ timeout: 20_000 })
  await chooseCertificate(window, '张三')
  await typePin(window)
  await approve(window)
  await expect(bidder.page.getByRole('heading', { name: '招标项目' })).toBeVisible()
})

/** Approves a login with the faulty key, whose driver has got its order by then. */
const signInWith = async (client: Client, faulty: FaultyToken | null, order: string): Promise<void> => {
  const window = await loginQuestion(client)
  await chooseCertificate(window, faultyHolder)
  await typePin(window)
  faulty!.order(order)
  await approve(window)
}

test('an error of the key while it signs ends the job, and the page says what to do', async ({
  client,
  bidder,
  faulty,
}) => {
  await signInWith(client, faulty, 'fail:C_Sign')
  await expectNotice(bidder.page, 'token.error', /证书介质返回错误/)
})

test('the key is pulled out while it signs: the page says that nothing was signed', async ({
  client,
  bidder,
  faulty,
}) => {
  await signInWith(client, faulty, 'removed:C_Sign')
  await expectNotice(bidder.page, 'token.removed', /被拔出，未完成签名/)
  const journal = await client.call('journal.list', { before: null, limit: 50 })
  const outcomes = journal.filter(({ kind }) => kind === 'login').map(({ entry, outcome }) => `${entry} ${outcome}`)
  expect(outcomes).toContain('outcome token.removed')
  expect(outcomes).not.toContain('outcome ok')
})

test('a driver that crashes while it signs is started anew, and the other key still works', async ({
  client,
  bidder,
  faulty,
}) => {
  await signInWith(client, faulty, 'crash:C_Sign')
  await expectNotice(bidder.page, 'token.driver_crashed', /./)
  faulty!.order()
  await clickLogin(bidder.page)
  const again = await loginQuestion(client)
  await chooseCertificate(again, '张三')
  await typePin(again)
  await approve(again)
  await openTender(bidder.page)
  await clickSign(bidder.page)
  await documentQuestion(client)
})
