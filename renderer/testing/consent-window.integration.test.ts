import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { ConsentView } from '#contract/client.ts'
import {
  batchSubject,
  choosable,
  consentView,
  grantSubject,
  loginSubject,
  severalCertificates,
  tender,
  twins,
} from './consent-fixtures.ts'
import { refuse } from './fake-main.ts'
import { branch, company, expired, pinLow } from './fixtures.ts'
import { groupHex } from '../ui/format.ts'
import { createStage, shows, type Stage } from './stage.ts'

let stage: Stage

beforeAll(async () => {
  stage = await createStage()
}, 120_000)
afterEach(() => stage.workbench.closePages())
afterAll(() => stage.workbench.close())

describe('the consent window', () => {
  it('says so when nothing waits, and when main does not answer', async () => {
    const nothing = await stage.consent({}, { 'consent.get': () => null })
    await shows(nothing, '没有等待确认的请求')
    await stage.clean(nothing, 'consent-nothing')
    const broken = await stage.consent({}, { 'consent.get': refuse('program.unexpected') })
    await shows(broken, '程序出现意外错误')
  })

  it('gives 放弃授权 the focus, and Escape means it', async () => {
    const { page, main: fake } = await stage.consent({})
    const reject = page.getByRole('button', { name: '放弃授权' })
    await reject.waitFor()
    expect(await reject.evaluate((element) => element === document.activeElement)).toBe(true)
    await page.keyboard.press('Escape')
    await expect.poll(() => fake.asked.map(({ name }) => name)).toContain('consent.reject')
  })

  it('approves only with a PIN, hands it over as bytes and clears the field', async () => {
    const received: Uint8Array[] = []
    const { page, main: fake } = await stage.consent(
      {},
      {
        'consent.approve': ({ pin }) => {
          if (pin) received.push(pin)
        },
      },
    )
    const approve = page.getByRole('button', { name: '确认授权' })
    await page.locator('.sheet-picture').waitFor()
    await page.waitForTimeout(700)
    expect(await approve.isDisabled()).toBe(true)
    const field = page.getByLabel('证书口令')
    await field.press('Enter')
    expect(fake.asked.map(({ name }) => name)).not.toContain('consent.approve')
    await field.fill('口令1234')
    await page.getByText('请核对内容后确认').waitFor()
    await field.press('Enter')
    await expect.poll(() => received.length).toBe(1)
    expect(Buffer.from(received[0] ?? []).toString('utf8')).toBe('口令1234')
    expect(await field.inputValue()).toBe('')
  })

  it('is not live in the first 500 ms', async () => {
    const { page } = await stage.consent({ subject: grantSubject, certificates: [] })
    const approve = page.getByRole('button', { name: '确认授权' })
    await approve.waitFor()
    const shownAt = Date.now()
    await expect.poll(() => approve.isEnabled(), { interval: 20 }).toBe(true)
    const livedAt = await page.evaluate(() => performance.now())
    expect(livedAt).toBeGreaterThan(500)
    expect(Date.now() - shownAt).toBeLessThan(3000)
  })

  it('chooses no certificate where several fit, and none that does not fit', async () => {
    const { page } = await stage.consent({ certificates: severalCertificates })
    await page.getByText('请选择证书').waitFor()
    await page.getByText('不能用于本次操作的证书（1）').click()
    expect(await page.getByRole('radio', { name: expired.subject.commonName }).isDisabled()).toBe(true)
    await page.getByRole('radio', { name: company.subject.commonName }).first().check()
    await page.getByText('请输入口令').waitFor()
  })

  it('tells certificates of one holder apart by algorithm and serial number', async () => {
    const opened = await stage.consent({ certificates: twins })
    for (const twin of twins) await shows(opened, groupHex(twin.serial))
    await shows(opened, 'ECDSA 256 位')
    await stage.clean(opened, 'consent-twins')
  })

  it('grants only what is left ticked', async () => {
    const { page, main: fake } = await stage.consent(
      { subject: grantSubject, certificates: [] },
      { 'consent.approve': () => undefined },
    )
    await page.getByRole('checkbox', { name: /签章/ }).uncheck()
    await page.getByText('请核对内容后确认').waitFor()
    await page.getByRole('button', { name: '确认授权' }).click()
    await expect
      .poll(() => fake.asked.find(({ name }) => name === 'consent.approve')?.input)
      .toMatchObject({ scopes: ['login', 'sign', 'verify'], pin: null, certificateId: null })
  })

  it('draws the seal where it will land, to the pixel', async () => {
    const { page } = await stage.consent({})
    await page.locator('.sheet-picture').waitFor()
    await page.locator('.placed-seal img').first().waitFor()
    const sheet = await page.locator('.sheet').boundingBox()
    const placed = await page.locator('.placed-seal').first().boundingBox()
    const [placement] = tender.placements
    expect(((placed?.x ?? 0) - (sheet?.x ?? 0)) / (sheet?.width ?? 1)).toBeCloseTo((placement?.x ?? 0) / 210, 2)
    expect(((placed?.y ?? 0) - (sheet?.y ?? 0)) / (sheet?.height ?? 1)).toBeCloseTo((placement?.y ?? 0) / 297, 2)
    expect((placed?.width ?? 0) / (sheet?.width ?? 1)).toBeCloseTo(42 / 210, 2)
  })

  it('asks main for the seal and draws what it answers', async () => {
    const other = consentView({}).seals[1]!
    const { page, main: fake } = await stage.consent(
      {},
      {
        'consent.chooseSeal': ({ sealId }) =>
          consentView({ subject: { ...(consentView().subject as typeof batchSubject), requestedSealId: sealId } }),
      },
    )
    await page.getByRole('radio', { name: other.name }).check()
    await expect
      .poll(() => fake.asked.find(({ name }) => name === 'consent.chooseSeal')?.input)
      .toMatchObject({ sealId: other.id })
  })

  it('pages through the document, in whole pages and in full width', async () => {
    const opened = await stage.consent({})
    const { page } = opened
    await page.getByRole('button', { name: '下一页' }).click()
    await page.getByRole('img', { name: '“投标文件-商务标.pdf”第 2 页的内容' }).waitFor()
    await page.getByText('适合宽度').click()
    await page.getByLabel('页码').fill('3')
    await page.getByRole('img', { name: '“投标文件-商务标.pdf”第 3 页的内容' }).waitFor()
    await stage.clean(opened, 'consent-width')
  })

  it('warns when a page cannot be shown, and does not stop a person who knows the file', async () => {
    const opened = await stage.consent({}, { 'consent.page': refuse('document.damaged') })
    await shows(opened, '没有看到内容前，请勿确认授权')
    await stage.clean(opened, 'consent-unrendered')
  })

  it('closes by itself after a success, visibly, unless told to stay', async () => {
    const { page, main: fake } = await stage.consent({ phase: 'done' })
    await page.getByText('秒后自动关闭').waitFor()
    await expect.poll(() => fake.asked.map(({ name }) => name), { timeout: 6000 }).toContain('consent.close')
    const kept = await stage.consent({ phase: 'done' })
    await kept.page.getByRole('button', { name: '不自动关闭' }).click()
    await kept.page.waitForTimeout(3500)
    expect(kept.main.asked.map(({ name }) => name)).not.toContain('consent.close')
  })
})

describe('the PIN field', () => {
  const one = choosable(company)
  const other = choosable(branch)

  /** A window whose view the test replaces, as main would. */
  const changing = async (view: Partial<ConsentView>) => {
    let current = consentView({ subject: loginSubject, ...view })
    const opened = await stage.consent({}, { 'consent.get': () => current, 'consent.approve': () => undefined })
    const field = opened.page.getByLabel('证书口令')
    const approve = opened.page.getByRole('button', { name: '确认授权' })
    const change = async (next: Partial<ConsentView>) => {
      current = { ...current, ...next }
      await opened.main.emit('consent.changed', undefined)
    }
    return { ...opened, field, approve, change }
  }

  it('forgets what was typed for one key when the choice jumps to another', async () => {
    const { page, field, approve, change } = await changing({
      certificates: [one, other],
      requestedCertificateId: one.id,
    })
    await field.fill('123456')
    await page.getByText('请核对内容后确认').waitFor()
    await change({ certificates: [other] })
    await page.getByText('请输入口令').waitFor()
    expect(await field.inputValue()).toBe('')
    expect(await approve.isDisabled()).toBe(true)
  })

  it('forgets what was typed when the key is pulled out, also when it comes back', async () => {
    const { page, main: fake, field, approve, change } = await changing({ certificates: [one] })
    await field.fill('123456')
    await page.getByText('请核对内容后确认').waitFor()
    await change({ certificates: [] })
    await field.waitFor({ state: 'detached' })
    await change({ certificates: [one] })
    await page.getByText('请输入口令').waitFor()
    expect(await field.inputValue()).toBe('')
    expect(await approve.isDisabled()).toBe(true)
    await field.press('Enter')
    expect(fake.asked.map(({ name }) => name)).not.toContain('consent.approve')
  })

  it('has the focus again after a wrong PIN', async () => {
    const opened = await changing({ certificates: [one] })
    const { page, field, change } = opened
    let answer = (): void => undefined
    opened.main.answer({
      'consent.approve': () =>
        new Promise<void>((resolve) => {
          answer = resolve
        }),
    })
    for (const tries of [2, 1]) {
      await field.fill('000000')
      await page.getByText('请核对内容后确认').waitFor()
      await page.getByRole('button', { name: '确认授权' }).click()
      await page.getByText('正在使用证书').waitFor()
      await change({ phase: 'working', error: null })
      await change({
        phase: 'asking',
        error: { code: 'pin.incorrect', details: {} },
        certificates: [{ ...one, pin: { ...pinLow, state: tries === 1 ? 'last' : 'low', triesLeft: tries } }],
      })
      answer()
      await page.getByRole('alert').waitFor()
      await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe('consent-pin')
    }
  })

  it('is closed until a certificate is chosen', async () => {
    const { page, field } = await changing({ certificates: [one, other] })
    await page.getByText('请选择证书').waitFor()
    expect(await field.isDisabled()).toBe(true)
    await page.getByRole('radio', { name: company.subject.commonName }).check()
    expect(await field.isEnabled()).toBe(true)
  })
})
