/** What a person does in the consent window. */
import { expect, type Page } from '@playwright/test'
import type { Client } from './client.ts'
import { PIN } from './pin.ts'

const approveButton = (window: Page) => window.getByRole('button', { name: '确认授权' })
const rejectButton = (window: Page) => window.getByRole('button', { name: '放弃授权' })

const headingOf = async (client: Client): Promise<string> => {
  try {
    const window = await client.consent()
    return (await window.getByRole('heading', { level: 1 }).allTextContents()).join()
  } catch (error) {
    // Each question has its own window: the last one may close while it is read.
    return String(error)
  }
}

/** The window when its question stands: a new operation may open a new window for the next question. */
export const question = async (client: Client, sentence: RegExp): Promise<Page> => {
  await expect.poll(() => headingOf(client), { timeout: 40_000 }).toMatch(sentence)
  return client.consent()
}

export const grantQuestion = (client: Client): Promise<Page> => question(client, /请求在本机使用您的证书/)
export const loginQuestion = (client: Client): Promise<Page> => question(client, /请求用您的证书登录/)
export const documentQuestion = (client: Client): Promise<Page> => question(client, /PDF 文件上签名/)

/** Types the PIN; the window only takes it by its own field. */
export const typePin = async (window: Page, pin = PIN): Promise<void> => {
  await window.locator('#consent-pin').click()
  await window.keyboard.type(pin)
}

/** Approval is live 500 ms after the window came to the front, and, for a document, once its page is shown. */
export const approve = async (window: Page): Promise<void> => {
  await window.bringToFront()
  await expect(approveButton(window)).toBeEnabled()
  await approveButton(window).click()
}

export const reject = async (window: Page): Promise<void> => {
  await window.bringToFront()
  await window.waitForTimeout(700)
  await rejectButton(window).click()
}

export const chooseCertificate = async (window: Page, name: string | RegExp): Promise<void> => {
  await window.getByRole('radio', { name }).first().check()
}
