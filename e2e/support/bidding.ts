/** What a bidder does on the platform's page, and the whole of the main job. */
import { expect, type Page } from '@playwright/test'
import type { Client } from './client.ts'
import { approve, chooseCertificate, documentQuestion, grantQuestion, loginQuestion, typePin } from './consent.ts'

export const openPlatform = async (page: Page, origin: string): Promise<void> => {
  await page.goto(`${origin}/`)
  await expect(page.getByRole('heading', { name: '投标人登录' })).toBeVisible()
}

export const clickLogin = (page: Page): Promise<void> => page.getByRole('button', { name: '使用数字证书登录' }).click()

/** The box that says what happened; its code is the SDK's or the platform's. */
export const expectNotice = async (page: Page, code: string, text: RegExp): Promise<void> => {
  const notice = page.locator('[data-code]')
  await expect(notice).toHaveAttribute('data-code', code)
  await expect(notice).toContainText(text)
}

export const holder = '张三'

/** Grant and login with the first demo key. */
export const logIn = async (client: Client, page: Page, name: string | RegExp = holder): Promise<void> => {
  await clickLogin(page)
  await approve(await grantQuestion(client))
  const window = await loginQuestion(client)
  await chooseCertificate(window, name)
  await typePin(window)
  await approve(window)
  await expect(page.getByRole('heading', { name: '招标项目' })).toBeVisible()
}

export const openTender = async (page: Page): Promise<void> => {
  await page.locator('[data-tender="tender-2026-0117"]').getByRole('button', { name: '投标' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('滨江市城东污水处理厂提标改造工程')
}

export const clickSign = (page: Page): Promise<void> => page.getByRole('button', { name: '签章并递交' }).click()

/** Sign and hand in; answers the receipt's number. */
export const submitBid = async (client: Client, page: Page): Promise<string> => {
  await clickSign(page)
  const window = await documentQuestion(client)
  await typePin(window)
  await approve(window)
  const receipt = page.locator('[data-receipt]')
  await expect(receipt).toContainText('投标文件已接收')
  return (await receipt.getAttribute('data-receipt')) ?? ''
}
