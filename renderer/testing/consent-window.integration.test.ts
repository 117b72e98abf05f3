import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { ConsentView } from '#contract/client.ts'
import {
  batchSubject,
  choosable,
  consentView,
  documentSubject,
  grantSubject,
  loginSubject,
  severalCertificates,
  tender,
  twins,
} from './consent-fixtures.ts'
import { never, refuse } from './fake-main.ts'
import { branch, company, expired, pinLow, settings } from './fixtures.ts'
import { groupHex } from '../ui/format.ts'
import type { Opened } from './workbench.ts'
import { asked, createStage, shows, type Stage } from './stage.ts'

let stage: Stage

beforeAll(async () => {
  stage = await createStage()
}, 120_000)
afterEach(() => stage.workbench.closePages())
afterAll(() => stage.workbench.close())

/** A window that has waited for main long enough for the page itself to be old when the question appears. */
const delayed = async (view: Partial<ConsentView>) => {
  let release = (): void => undefined
  const answered = new Promise<void>((resolve) => {
    release = resolve
  })
  const opened = await stage.consent({}, { 'consent.get': () => answered.then(() => consentView(view)) })
  await shows(opened, '正在读取请求内容')
  await opened.page.waitForTimeout(900)
  return { opened, release }
}

describe('the consent window', () => {
  it('says so when nothing waits, and when main does not answer', async () => {
    const nothing = await stage.consent({}, { 'consent.get': () => null })
    await shows(nothing, '没有等待确认的请求')
    await stage.clean(nothing, 'consent-nothing')
    const broken = await stage.consent({}, { 'consent.get': refuse('program.unexpected') })
    await shows(broken, '程序出现意外错误')
  })

  it('gives 放弃授权 the focus, and Escape means it once the window has been in front', async () => {
    const opened = await stage.consent({})
    const { page } = opened
    const reject = page.getByRole('button', { name: '放弃授权' })
    await reject.waitFor()
    expect(await reject.evaluate((element) => element === document.activeElement)).toBe(true)
    await page.waitForTimeout(700)
    await page.keyboard.press('Escape')
    await expect.poll(() => asked(opened)).toContain('consent.reject')
  })

  it('takes no key that was pressed for another window when this one came to the front', async () => {
    const { opened, release } = await delayed({})
    release()
    await opened.page.getByRole('button', { name: '放弃授权' }).waitFor()
    await opened.page.keyboard.press('Escape')
    await opened.page.keyboard.press('Enter')
    await opened.page.getByText('请输入口令').waitFor()
    await opened.page.waitForTimeout(700)
    expect(asked(opened)).not.toContain('consent.reject')
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

  it('is not live in the first 500 ms after the question is shown', async () => {
    const { opened, release } = await delayed({ subject: grantSubject, certificates: [] })
    await opened.page.evaluate(() => {
      const scope = window as unknown as { shownAt?: number; liveAt?: number }
      new MutationObserver(() => {
        const button = document.querySelector<HTMLButtonElement>('.decision-buttons .ant-btn-primary')
        if (button) scope.shownAt ??= performance.now()
        if (button?.disabled === false) scope.liveAt ??= performance.now()
      }).observe(document, { subtree: true, childList: true, attributes: true })
    })
    release()
    const approve = opened.page.getByRole('button', { name: '确认授权' })
    await expect.poll(() => approve.isEnabled(), { interval: 20 }).toBe(true)
    const heldFor = await opened.page.evaluate(() => {
      const scope = window as unknown as { shownAt: number; liveAt: number }
      return scope.liveAt - scope.shownAt
    })
    expect(heldFor).toBeGreaterThanOrEqual(480)
    expect(heldFor).toBeLessThan(2000)
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
    await page.getByText('更换印章（2）').click()
    await page.getByRole('radio', { name: other.name }).check()
    await expect
      .poll(() => fake.asked.find(({ name }) => name === 'consent.chooseSeal')?.input)
      .toMatchObject({ sealId: other.id })
    await page.getByRole('img', { name: '印章“法人私章”将盖在此处' }).first().waitFor()
    const chosen = page.getByRole('radio', { name: other.name })
    await expect.poll(() => chosen.evaluate((element) => element === document.activeElement)).toBe(true)
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

  it('asks for a tick before what could not be shown is signed', async () => {
    const opened = await stage.consent({}, { 'consent.page': refuse('document.damaged') })
    const { page } = opened
    await shows(opened, '此页没有显示成功')
    await page.getByLabel('证书口令').fill('123456')
    const approve = page.getByRole('button', { name: '确认授权' })
    await page.getByText('请先确认是否在未看到内容时签署').waitFor()
    await page.waitForTimeout(700)
    expect(await approve.isDisabled()).toBe(true)
    await stage.clean(opened, 'consent-unrendered')
    const tick = page.getByRole('checkbox', { name: '未看到内容，仍要签署' })
    await tick.check()
    await expect.poll(() => approve.isEnabled()).toBe(true)
    await tick.uncheck()
    await expect.poll(() => approve.isEnabled()).toBe(false)
  })

  it('needs no tick any more once the page is shown after all', async () => {
    const opened = await stage.consent({}, { 'consent.page': refuse('document.damaged') })
    await shows(opened, '此页没有显示成功')
    opened.main.answer({ 'consent.page': () => ({ png: stage.paper, widthMm: 210, heightMm: 297 }) })
    await opened.page.getByRole('button', { name: '重试' }).click()
    await opened.page.locator('.sheet-picture').waitFor()
    await opened.page.getByRole('checkbox').waitFor({ state: 'detached' })
    await opened.page.getByText('请输入口令').waitFor()
  })

  it.each([
    ['a PIN that is too short', {}, '12', '口令至少 6 个字符'],
    ['no usable certificate', { certificates: [] }, null, '没有可用的证书'],
    [
      'no seal at all',
      { seals: [], subject: { ...documentSubject, requestedSealId: null } },
      '123456',
      '没有可用的印章',
    ],
  ] as const)('says why it cannot be approved: %s', async (_, view, pin, why) => {
    const { page } = await stage.consent(view as Partial<ConsentView>)
    if (pin !== null) await page.getByLabel('证书口令').fill(pin)
    await expect.poll(() => page.locator('#decision-why').textContent()).toBe(why)
  })

  it('cannot be approved while the seal is being changed', async () => {
    const other = consentView().seals[1]!
    const { page } = await stage.consent({}, { 'consent.chooseSeal': never })
    await page.getByLabel('证书口令').fill('123456')
    await page.getByText('请核对内容后确认').waitFor()
    await page.getByText('更换印章（2）').click()
    await page.getByRole('radio', { name: other.name }).check()
    await page.locator('#decision-why').getByText('正在更换印章').waitFor()
    expect(await page.getByRole('button', { name: '确认授权' }).isDisabled()).toBe(true)
  })

  it('says once why a key cannot be used, and keeps the choices of a batch in sight', async () => {
    const absent = choosable(company, { unfit: 'token.absent' })
    const { page } = await stage.consent({
      certificates: [absent],
      requestedCertificateId: company.id,
      error: { code: 'token.absent', details: {} },
    })
    await page.getByRole('alert').waitFor()
    expect(await page.getByText('请重新插入后再试').count()).toBe(1)
    const batch = await stage.consent({ subject: batchSubject, certificates: severalCertificates })
    for (const name of ['选择证书', '选择印章'])
      expect((await batch.page.getByText(name, { exact: true }).boundingBox())?.y).toBeLessThan(400)
  })

  it('can be stopped while it works, and says that it is being stopped', async () => {
    const opened = await stage.consent({ phase: 'working', subject: batchSubject, progress: { done: 4, total: 12 } })
    const { page } = opened
    await shows(opened, '已完成 4，共 12')
    await page.getByRole('button', { name: '取消', exact: true }).click()
    await page.getByText('正在取消……').waitFor()
    expect(opened.main.asked.filter(({ name }) => name === 'consent.reject')).toHaveLength(1)
    await stage.clean(opened, 'consent-stopping')
  })

  it('is not stopped by the second click of a double click on 确认授权', async () => {
    const opened = await stage.consent({ subject: loginSubject }, { 'consent.approve': never })
    const { page } = opened
    await page.getByLabel('证书口令').fill('123456')
    await page.getByText('请核对内容后确认').waitFor()
    await page.getByRole('button', { name: '确认授权' }).dblclick()
    await page.getByRole('button', { name: '取消', exact: true }).waitFor()
    expect(asked(opened)).not.toContain('consent.reject')
  })

  it('names itself in the language of the person', async () => {
    const { page, main: fake } = await stage.consent({}, { 'settings.get': () => ({ ...settings, language: 'en' }) })
    await expect.poll(() => page.title()).toBe('Confirm - One Certificate')
    fake.answer({ 'settings.get': () => settings })
    await fake.emit('settings.changed', undefined)
    await expect.poll(() => page.title()).toBe('授权确认 - 中标一证通')
  })
})

describe('the preview in full width', () => {
  const open = async () => {
    const opened = await stage.consent({})
    await opened.page.getByText('适合宽度').click()
    await opened.page.locator('.desk-width .sheet-picture').waitFor()
    const desk = opened.page.locator('.desk')
    const top = () => desk.evaluate((element) => element.scrollTop)
    return { ...opened, desk, top, number: opened.page.getByLabel('页码') }
  }

  it('opens each page at its top', async () => {
    const { page, desk, top, number } = await open()
    await desk.evaluate((element) => element.scrollTo(0, 300))
    await page.getByRole('button', { name: '下一页' }).click()
    await expect.poll(() => number.inputValue()).toBe('2')
    await expect.poll(top).toBe(0)
  })

  it('scrolls by PageDown and leaves no part of a page unread', async () => {
    const { page, desk, top, number } = await open()
    await desk.focus()
    await page.keyboard.press('PageDown')
    await expect.poll(top).toBeGreaterThan(100)
    expect(await number.inputValue()).toBe('1')
    await page.getByText('整页').click()
    await desk.focus()
    await page.keyboard.press('PageDown')
    await expect.poll(() => number.inputValue()).toBe('2')
  })

  it('goes to the seal, not only to its page', async () => {
    const { page, number } = await open()
    const isInSight = () =>
      page.evaluate(() => {
        const seal = document.querySelector('.placed-seal')!.getBoundingClientRect()
        const desk = document.querySelector('.desk')!.getBoundingClientRect()
        return seal.top >= desk.top && seal.bottom <= desk.bottom
      })
    expect(await isInSight()).toBe(false)
    for (const expected of ['2', '3', '4', '1']) {
      await page.getByRole('button', { name: '查看盖章位置' }).click()
      await expect.poll(() => number.inputValue()).toBe(expected)
      await page.locator('.placed-seal').first().waitFor()
      await expect.poll(isInSight).toBe(true)
    }
  })
})

describe('the result', () => {
  it('closes by itself after ten seconds', async () => {
    const opened = await stage.consent({ phase: 'done' })
    await opened.page.getByText('10 秒后自动关闭').waitFor()
    await opened.page.waitForTimeout(4000)
    expect(asked(opened)).not.toContain('consent.close')
    await expect.poll(() => asked(opened), { timeout: 9000 }).toContain('consent.close')
  })

  it.each([
    ['told to', ({ page }: Opened) => page.getByRole('button', { name: '不自动关闭' }).click()],
    ['a key is pressed', ({ page }: Opened) => page.keyboard.press('Tab')],
    [
      'the pointer moves',
      async ({ page }: Opened) => {
        await page.mouse.move(200, 200)
        await page.mouse.move(260, 220)
      },
    ],
    [
      'the person comes back to it',
      ({ page }: Opened) => page.evaluate(() => window.dispatchEvent(new Event('focus'))),
    ],
  ])('stays when %s', async (_, act) => {
    const opened = await stage.consent({ phase: 'done' })
    await opened.page.getByText('秒后自动关闭').waitFor()
    await act(opened)
    await opened.page.getByText('秒后自动关闭').waitFor({ state: 'detached' })
    await opened.page.getByRole('main').waitFor()
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
