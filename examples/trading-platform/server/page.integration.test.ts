import { chromium, type Browser, type Page } from '@playwright/test'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { createPlatform } from './app.ts'
import { openReceipts } from './receipts.ts'
import { createSessions } from './sessions.ts'
import type { LoginProof, Verifiers } from './verifiers.ts'

const proof: LoginProof = { certificateId: 'a'.repeat(64), name: '张三', organization: '华北建设', serial: '01' }
const signature = { certificateId: proof.certificateId, signer: '张三', signedAt: null }

/** A client that signs at once; with `holds` it waits for the person, with `forgets` it has lost the document at the end. */
const sdk = `export class BridgeError extends Error { code = 'document.not_found'; zh = '没有这个文件。'; diagnosis = null }
  let uploaded
  export const connect = async () => ({
    requestGrant: async () => undefined,
    login: async () => ({ loginToken: 'token' }),
    upload: async (pdf) => ((uploaded = pdf), { id: '1' }),
    signDocument: (_id, _request, { signal }) => new Promise((resolve, reject) => {
      signal.addEventListener('abort', () => { globalThis.stopped = true; reject(signal.reason) })
      if (!globalThis.holds) resolve({ documents: [{ id: '2' }] })
    }),
    download: async () => new Blob([uploaded, 'signed'], { type: 'application/pdf' }),
    deleteDocument: async () => { if (globalThis.forgets) throw new BridgeError() },
    close: () => undefined,
  })`

let browser: Browser
beforeAll(async () => {
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
    args: ['--no-sandbox'],
  })
})
afterAll(() => browser.close())

/** The platform's page at the first tender, logged in. */
const openBid = async (bid: Verifiers['bid'] = () => Promise.resolve(signature)) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'platform-page-'))
  const sdkFile = path.join(folder, 'sdk.js')
  writeFileSync(sdkFile, sdk)
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const receipts = openReceipts(path.join(folder, 'bids'))
  const verifiers = { login: () => Promise.resolve(proof), bid }
  const ports = { origin, systemCode: 'HDJY-DEMO-01', bridgePorts: null, sessions: createSessions(false), sdkFile }
  server.on(
    'request',
    createPlatform({ ...ports, verifiers, receipts, now: () => new Date(), report: () => undefined }),
  )
  const ended: string[] = []
  server.on('request', ({ url = '' }, response) => response.once('close', () => ended.push(url)))
  const context = await browser.newContext()
  onTestFinished(async () => {
    await context.close()
    server.close()
    server.closeAllConnections()
    rmSync(folder, { recursive: true })
  })
  const page = await context.newPage()
  await page.goto(origin)
  await page.getByRole('button', { name: '使用数字证书登录' }).click()
  await page.getByRole('button', { name: '投标', exact: true }).first().click()
  return { page, receipts, ended }
}
const press = (page: Page, name: string) => page.getByRole('button', { name }).click()
const kept = (receipts: ReturnType<typeof openReceipts>) => receipts.of(proof.certificateId).length

describe('the page of a bid', () => {
  test('a document that the client cannot delete any more is handed in all the same', async () => {
    const { page, receipts } = await openBid()
    await page.evaluate('globalThis.forgets = true')
    await press(page, '签章并递交')
    await page.getByText('投标文件已接收').waitFor({ timeout: 5000 })
    expect(kept(receipts)).toBe(1)
  })

  test('取消 stops the download of the tender document', async () => {
    const { page } = await openBid()
    await page.route('**/document', () => undefined)
    await press(page, '签章并递交')
    await press(page, '取消')
    await page.getByText('已取消').waitFor({ timeout: 5000 })
  })

  test('取消 stops the hand-in, and what was cancelled is not kept', async () => {
    const verified = Promise.withResolvers<typeof signature>()
    const asked = Promise.withResolvers<null>()
    const { page, receipts, ended } = await openBid(() => {
      asked.resolve(null)
      return verified.promise
    })
    await press(page, '签章并递交')
    await asked.promise
    await press(page, '取消')
    await page.getByText('已取消').waitFor({ timeout: 5000 })
    await expect.poll(() => ended.at(-1), { timeout: 5000 }).toMatch(/bids$/)
    verified.resolve(signature)
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(kept(receipts)).toBe(0)
  })

  test('返回项目列表 stops what the client is being asked', async () => {
    const { page } = await openBid()
    await page.evaluate('globalThis.holds = true')
    await press(page, '签章并递交')
    await page.getByText('在客户端核对文件').waitFor()
    await page.waitForTimeout(200)
    await press(page, '返回项目列表')
    await expect.poll(() => page.evaluate('globalThis.stopped'), { timeout: 5000 }).toBe(true)
  })
})
