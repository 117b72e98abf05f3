import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import type { ConsentView, DiagnosisStep } from '#contract/client.ts'
import {
  batchSubject,
  choosable,
  consentView,
  grantSubject,
  loginSubject,
  longPlatform,
  messageSubject,
  severalCertificates,
  twins,
  tender,
  unregistered,
} from './consent-fixtures.ts'
import { never, refuse, type Answers } from './fake-main.ts'
import {
  bridgeFailed,
  bridgeReady,
  company,
  companySeal,
  expired,
  journal,
  missingDriverKeyring,
  pinLast,
  pinLocked,
  pinLow,
  settings,
} from './fixtures.ts'
import { namedFontPdf, roundSealPicture, squareSealPicture, tenderPdf } from './paper.ts'
import { groupHex } from '../ui/format.ts'
import { createWorkbench, type Opened, type OpenOptions, type Workbench } from './workbench.ts'

let workbench: Workbench
let pictures: { round: Uint8Array; square: Uint8Array; pages: ReadonlyMap<number, Uint8Array> }

const until = (condition: () => boolean) =>
  vi.waitFor(
    () => {
      if (!condition()) throw new Error('not yet')
    },
    { timeout: 20_000, interval: 20 },
  )

const renderPages = async (pdf: Uint8Array, pages: readonly number[], width: number) => {
  const answers = new Map<number, { png: Uint8Array; widthMm: number; heightMm: number }>()
  const failures: string[] = []
  const reads: number[] = []
  const opened = await workbench.open('viewer', {
    answers: {
      'viewer.read': ({ offset, length }) => {
        reads.push(length)
        return pdf.slice(offset, offset + length)
      },
      'viewer.answer': ({ requestId, result }) => {
        if (result.ok) answers.set(requestId, result)
        else failures.push(result.reason)
      },
    },
  })
  await until(() => opened.main.asked.some(({ name }) => name === 'viewer.ready'))
  for (const page of pages)
    await opened.main.emit('viewer.render', { requestId: page, documentId: 'doc_1', size: pdf.length, page, width })
  await until(() => answers.size + failures.length === pages.length)
  const complaints = [...opened.complaints]
  const workers = opened.page.workers().length
  return { answers, failures, complaints, reads, workers }
}

const seals = (): Answers => ({
  'seals.picture': ({ id }) => ({
    mediaType: 'image/png',
    bytes: id === companySeal.id ? pictures.round : pictures.square,
  }),
})

const consent = (view: Partial<ConsentView>, options: OpenOptions = {}, more: Answers = {}) =>
  workbench.open('consent', {
    ...options,
    answers: {
      ...seals(),
      'settings.get': () => ({ ...settings, theme: 'system' }),
      'consent.get': () => consentView(view),
      'consent.page': ({ page }) => ({
        png: pictures.pages.get(page) ?? new Uint8Array(),
        widthMm: 210,
        heightMm: 297,
      }),
      ...more,
    },
  })

const main = (path: string, options: OpenOptions = {}) =>
  workbench.open('main', {
    ...options,
    path,
    answers: { ...seals(), 'settings.get': () => ({ ...settings, theme: 'system' }), ...options.answers },
  })

const shows = async ({ page }: Opened, text: string) => {
  await page.getByText(text).first().waitFor()
}

/** Nothing wrong in the light theme, nor in the dark one; a picture of each. */
const clean = async (opened: Opened, name: string) => {
  expect(await workbench.inspect(opened, `${name}-light`)).toEqual([])
  await opened.page.emulateMedia({ colorScheme: 'dark' })
  await opened.page.locator('html[data-theme=dark]').waitFor()
  expect(await workbench.inspect(opened, `${name}-dark`)).toEqual([])
}

beforeAll(async () => {
  workbench = await createWorkbench()
  const pdf = await tenderPdf(workbench.browser)
  const rendered = await renderPages(pdf, [1, 2, 3, 4], 1000)
  pictures = {
    round: await roundSealPicture(workbench.browser, '北京华建伟业工程咨询有限公司'),
    square: await squareSealPicture(workbench.browser),
    pages: new Map([...rendered.answers].map(([page, { png }]) => [page, png])),
  }
}, 120_000)
afterEach(() => workbench.closePages())
afterAll(() => workbench.close())

describe('the viewer', () => {
  it('turns pages of a PDF into pictures, reading ranges, in a worker, within the policy', async () => {
    const pdf = await tenderPdf(workbench.browser)
    const { answers, failures, complaints, reads, workers } = await renderPages(pdf, [2, 1], 600)
    expect(failures).toEqual([])
    expect(complaints).toEqual([])
    expect(workers).toBe(1)
    expect(Math.max(...reads)).toBeLessThanOrEqual(4 * 1024 * 1024)
    const first = answers.get(1)
    expect([Math.round(first?.widthMm ?? 0), Math.round(first?.heightMm ?? 0)]).toEqual([210, 297])
    expect(Buffer.from(first?.png.subarray(1, 4) ?? []).toString()).toBe('PNG')
    expect(Buffer.from(first?.png ?? []).readUInt32BE(16)).toBe(600)
  })

  it('draws Chinese text of a font that is not embedded, with the character maps it ships', async () => {
    const { answers, failures, complaints } = await renderPages(namedFontPdf(), [1], 600)
    expect(failures).toEqual([])
    expect(complaints).toEqual([])
    expect(answers.get(1)?.png.length).toBeGreaterThan(3000)
  })

  it('answers with a reason when the bytes are no PDF', async () => {
    const { failures } = await renderPages(new TextEncoder().encode('this is no PDF at all'.repeat(40)), [1], 600)
    expect(failures).toHaveLength(1)
    expect(failures[0]).toContain('InvalidPDF')
  })
})

const diagnosis: DiagnosisStep[] = [
  { id: 'driver_file', state: 'ok', finding: 'driver_found', details: { name: '龙脉 mToken' } },
  { id: 'architecture', state: 'warning', finding: 'architecture_wrong', details: { name: '本单位测试驱动' } },
  { id: 'load', state: 'ok', finding: 'load_ok', details: {} },
  { id: 'slots', state: 'ok', finding: 'slots_found', details: { n: 1 } },
  { id: 'token', state: 'broken', finding: 'pin_locked', details: { name: '企业数字证书 01' } },
  ...(['certificates', 'chain', 'grant', 'browser_permission'] as const).map((id) => ({
    id,
    state: 'skipped' as const,
    finding: 'skipped',
    details: {},
  })),
]

const mainScreens: readonly {
  readonly name: string
  readonly path: string
  readonly text: string
  readonly answers?: Answers
  readonly act?: (opened: Opened) => Promise<void>
}[] = [
  { name: 'home', path: '/home', text: '投标文件-商务标.pdf' },
  {
    name: 'home-empty',
    path: '/home',
    text: '请插入证书介质（USB Key）',
    answers: {
      'keyring.get': () => ({ tokens: [], drivers: [], usbKeys: [] }),
      'certificates.list': () => [],
      'journal.list': () => [],
      'bridge.state': () => ({ ...bridgeReady, state: 'paused', port: null }),
    },
  },
  {
    name: 'home-trouble',
    path: '/home',
    text: '055C:E618',
    answers: { 'keyring.get': () => missingDriverKeyring, 'bridge.state': () => bridgeFailed },
  },
  {
    name: 'home-errors',
    path: '/home',
    text: '证书介质没有响应',
    answers: {
      'keyring.get': refuse('token.not_responding'),
      'journal.list': refuse('store.corrupt'),
      'bridge.state': refuse('program.unexpected'),
    },
  },
  {
    name: 'home-loading',
    path: '/home',
    text: '正在读取……',
    answers: { 'keyring.get': never, 'journal.list': never, 'bridge.state': never },
  },
  { name: 'certificates', path: '/certificates', text: company.subject.commonName },
  { name: 'certificate-detail', path: `/certificates?id=${company.id}`, text: '指纹（SHA-256）' },
  {
    name: 'certificate-pin',
    path: '/certificates?change=softhsm2:a1',
    text: '再次输入新口令',
    act: async ({ page }) => {
      await page.getByLabel('当前口令').fill('old-pin')
      await page.getByLabel('新口令', { exact: true }).fill('123456')
      await page.getByLabel('再次输入新口令').fill('123456')
      await page.getByRole('button', { name: '修改口令' }).click()
      await page.getByText('新口令过于简单').waitFor()
    },
  },
  { name: 'seals', path: '/seals', text: '42 × 42 毫米' },
  {
    name: 'seal-add',
    path: '/seals',
    text: '42 × 42 毫米',
    act: async ({ page }) => {
      await page.getByRole('button', { name: '添加印章' }).click()
      await page.getByRole('button', { name: '选择图片并添加' }).click()
      await page.getByText('请填写印章名称').waitFor()
    },
  },
  {
    name: 'journal',
    path: '/journal',
    text: '投标保证金承诺书.pdf',
    answers: { 'journal.verify': () => ({ isIntact: true, entries: 11, brokenAt: null }) },
    act: async ({ page }) => {
      await page.getByRole('button', { name: '校验日志完整性' }).click()
      await page.getByText('日志完整：').waitFor()
    },
  },
  {
    name: 'journal-broken',
    path: '/journal?seq=8',
    text: '记录校验值',
    answers: { 'journal.verify': () => ({ isIntact: false, entries: 11, brokenAt: 7 }) },
  },
  { name: 'grants', path: '/grants', text: '内蒙古自治区建设工程招标投标公共服务与交易平台' },
  {
    name: 'grant-revoke',
    path: '/grants',
    text: '未登记的平台',
    act: async ({ page }) => {
      await page.getByRole('button', { name: '撤销授权：https://tender.example.com' }).click()
      await page.getByText('撤销后，该网页再次请求').waitFor()
    },
  },
  {
    name: 'drivers',
    path: '/drivers',
    text: '本单位测试驱动',
    answers: { 'diagnosis.run': () => diagnosis },
    act: async ({ page }) => {
      await page.getByRole('button', { name: '运行诊断' }).click()
      await page.getByText('问题在这里：证书介质').waitFor()
    },
  },
  {
    name: 'driver-add',
    path: '/drivers',
    text: '龙脉 mToken',
    answers: {
      'drivers.choose': () => ({
        path: '/usr/lib/softhsm/libsofthsm2.so',
        architecture: 'x86_64',
        isUsable: true,
        error: null,
        library: 'SoftHSM 2.6',
        slots: [
          { description: 'SoftHSM slot ID 0x1', tokenLabel: '企业数字证书 01' },
          { description: 'SoftHSM slot ID 0x2', tokenLabel: null },
        ],
      }),
    },
    act: async ({ page }) => {
      await page.getByRole('button', { name: '添加驱动' }).click()
      await page.getByRole('button', { name: '选择驱动文件' }).click()
      await page.getByText('可以使用').waitFor()
    },
  },
  { name: 'settings', path: '/settings', text: '本程序不收集使用情况' },
]

describe('the main window', () => {
  for (const { name, path, text, answers = {}, act } of mainScreens) {
    it(`shows ${name}`, async () => {
      const opened = await main(path, { answers })
      await shows(opened, text)
      await act?.(opened)
      await clean(opened, name)
    })
  }

  it.each(['/home', '/certificates', '/seals', '/journal', '/grants', '/drivers', '/settings'])(
    'fits 1024×680 and speaks English at %s',
    async (path) => {
      const opened = await main(path, {
        viewport: { width: 1024, height: 680 },
        answers: { 'settings.get': () => ({ ...settings, theme: 'system', language: 'en' }) },
      })
      await opened.page.getByRole('heading', { level: 1 }).waitFor()
      await shows(opened, 'Signing service')
      await opened.page.getByText('Loading …').first().waitFor({ state: 'detached' })
      await clean(opened, `small-en${path.replace('/', '-')}`)
    },
  )

  it('reaches every screen by keyboard', async () => {
    const { page } = await main('/home')
    await page.getByRole('link', { name: '设置' }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: '设置' }).waitFor()
  })

  it('pages through a long journal', async () => {
    const all = journal(40)
    const opened = await main('/journal', {
      answers: {
        'journal.list': ({ before, limit }) =>
          all.filter((entry) => before === null || entry.seq < before).slice(0, limit),
      },
    })
    await opened.page.getByRole('button', { name: '显示更早的记录' }).click()
    await expect.poll(() => opened.main.asked.filter(({ name }) => name === 'journal.list').length).toBe(2)
  })

  it('asks again when main says that something changed', async () => {
    const opened = await main('/home')
    await shows(opened, '企业数字证书 01')
    opened.main.answer({ 'keyring.get': () => ({ tokens: [], drivers: [], usbKeys: [] }) })
    await opened.main.emit('keyring.changed', undefined)
    await shows(opened, '请插入证书介质（USB Key）')
  })

  it('goes where main asks it to, to known screens only', async () => {
    const opened = await main('/home')
    await shows(opened, '最近签名')
    await opened.main.emit('navigate', { path: '/nowhere' })
    await opened.main.emit('navigate', { path: '/drivers' })
    await opened.page.getByRole('heading', { level: 1, name: '驱动与诊断' }).waitFor()
  })
})

const consentScreens: readonly { readonly name: string; readonly view: Partial<ConsentView>; readonly text: string }[] =
  [
    { name: 'consent-document', view: {}, text: '中央采购交易平台 请求在 1 份 PDF 文件上签名并盖章' },
    { name: 'consent-batch', view: { subject: batchSubject, certificates: severalCertificates }, text: '12 份文件' },
    { name: 'consent-long', view: { ...longPlatform, certificates: severalCertificates }, text: 'NMG-JSJY-2024' },
    {
      name: 'consent-wrong-pin',
      view: { error: { code: 'pin.incorrect', details: {} }, certificates: [choosable(company, { pin: pinLow })] },
      text: '口令不正确，还可以尝试 2 次',
    },
    {
      name: 'consent-last-try',
      view: { error: { code: 'pin.incorrect', details: {} }, certificates: [choosable(company, { pin: pinLast })] },
      text: '口令不正确，只剩最后 1 次机会',
    },
    {
      name: 'consent-locked',
      view: {
        error: { code: 'pin.incorrect', details: {} },
        requestedCertificateId: company.id,
        certificates: [choosable(company, { pin: pinLocked, unfit: 'pin.locked' })],
      },
      text: '请勿重复尝试',
    },
    {
      name: 'consent-unplugged',
      view: {
        certificates: [choosable({ ...company, isPluggedIn: false }, { unfit: 'token.absent' })],
        error: { code: 'token.absent', details: {} },
      },
      text: '请插入证书介质，再试一次。',
    },
    { name: 'consent-message', view: { subject: messageSubject }, text: '报价确认函' },
    {
      name: 'consent-raw',
      view: { subject: { ...messageSubject, format: 'raw' } as ConsentView['subject'] },
      text: '原始签名：',
    },
    { name: 'consent-login', view: { subject: loginSubject, certificates: severalCertificates }, text: '登录质询摘要' },
    { name: 'consent-grant', view: { subject: grantSubject, certificates: [] }, text: '90 天' },
    {
      name: 'consent-unregistered',
      view: { subject: grantSubject, certificates: [], ...unregistered },
      text: '未登记的平台，请谨慎',
    },
    { name: 'consent-no-key', view: { certificates: [] }, text: '没有可用的证书' },
    {
      name: 'consent-working',
      view: { subject: batchSubject, phase: 'working', progress: { done: 4, total: 12 } },
      text: '已完成 4，共 12',
    },
    { name: 'consent-done', view: { phase: 'done' }, text: '文件签名完成' },
    {
      name: 'consent-removed',
      view: { phase: 'failed', error: { code: 'token.removed', details: {} } },
      text: '操作中证书介质被拔出',
    },
    {
      name: 'consent-timed-out',
      view: { phase: 'failed', error: { code: 'operation.timed_out', details: {} } },
      text: '等待确认超时',
    },
  ]

describe('the consent window', () => {
  for (const { name, view, text } of consentScreens) {
    it(`shows ${name}`, async () => {
      const opened = await consent(view)
      await shows(opened, text)
      if (consentView(view).subject.kind === 'document_sign' && ['asking', 'working', undefined].includes(view.phase))
        await opened.page.locator('.sheet-picture').waitFor()
      await clean(opened, name)
    })
  }

  it('says so when nothing waits, and when main does not answer', async () => {
    const nothing = await consent({}, {}, { 'consent.get': () => null })
    await shows(nothing, '没有等待确认的请求')
    await clean(nothing, 'consent-nothing')
    const broken = await consent({}, {}, { 'consent.get': refuse('program.unexpected') })
    await shows(broken, '程序出现意外错误')
  })

  it('gives 放弃授权 the focus, and Escape means it', async () => {
    const { page, main: fake } = await consent({})
    const reject = page.getByRole('button', { name: '放弃授权' })
    await reject.waitFor()
    expect(await reject.evaluate((element) => element === document.activeElement)).toBe(true)
    await page.keyboard.press('Escape')
    await expect.poll(() => fake.asked.map(({ name }) => name)).toContain('consent.reject')
  })

  it('approves only with a PIN, hands it over as bytes and clears the field', async () => {
    const received: Uint8Array[] = []
    const { page, main: fake } = await consent(
      {},
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
    const { page } = await consent({ subject: grantSubject, certificates: [] })
    const approve = page.getByRole('button', { name: '确认授权' })
    await approve.waitFor()
    const shownAt = Date.now()
    await expect.poll(() => approve.isEnabled(), { interval: 20 }).toBe(true)
    const livedAt = await page.evaluate(() => performance.now())
    expect(livedAt).toBeGreaterThan(500)
    expect(Date.now() - shownAt).toBeLessThan(3000)
  })

  it('chooses no certificate where several fit, and none that does not fit', async () => {
    const { page } = await consent({ certificates: severalCertificates })
    await page.getByText('请选择证书').waitFor()
    await page.getByText('不能用于本次操作的证书（1）').click()
    expect(await page.getByRole('radio', { name: expired.subject.commonName }).isDisabled()).toBe(true)
    await page.getByRole('radio', { name: company.subject.commonName }).first().check()
    await page.getByText('请输入口令').waitFor()
  })

  it('tells certificates of one holder apart by algorithm and serial number', async () => {
    const opened = await consent({ certificates: twins })
    for (const twin of twins) await shows(opened, groupHex(twin.serial))
    await shows(opened, 'ECDSA 256 位')
    await clean(opened, 'consent-twins')
  })

  it('grants only what is left ticked', async () => {
    const { page, main: fake } = await consent(
      { subject: grantSubject, certificates: [] },
      {},
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
    const { page } = await consent({})
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
    const { page, main: fake } = await consent(
      {},
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
    const opened = await consent({})
    const { page } = opened
    await page.getByRole('button', { name: '下一页' }).click()
    await page.getByRole('img', { name: '“投标文件-商务标.pdf”第 2 页的内容' }).waitFor()
    await page.getByText('适合宽度').click()
    await page.getByLabel('页码').fill('3')
    await page.getByRole('img', { name: '“投标文件-商务标.pdf”第 3 页的内容' }).waitFor()
    await clean(opened, 'consent-width')
  })

  it('warns when a page cannot be shown, and does not stop a person who knows the file', async () => {
    const opened = await consent({}, {}, { 'consent.page': refuse('document.damaged') })
    await shows(opened, '没有看到内容前，请勿确认授权')
    await clean(opened, 'consent-unrendered')
  })

  it('closes by itself after a success, visibly, unless told to stay', async () => {
    const { page, main: fake } = await consent({ phase: 'done' })
    await page.getByText('秒后自动关闭').waitFor()
    await expect.poll(() => fake.asked.map(({ name }) => name), { timeout: 6000 }).toContain('consent.close')
    const kept = await consent({ phase: 'done' })
    await kept.page.getByRole('button', { name: '不自动关闭' }).click()
    await kept.page.waitForTimeout(3500)
    expect(kept.main.asked.map(({ name }) => name)).not.toContain('consent.close')
  })
})
