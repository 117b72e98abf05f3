import { afterAll, afterEach, beforeAll, describe, it } from 'vitest'
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
  unregistered,
} from './consent-fixtures.ts'
import { never, refuse, type Answers } from './fake-main.ts'
import {
  bridgeFailed,
  bridgeReady,
  company,
  missingDriverKeyring,
  pinLast,
  pinLocked,
  pinLow,
  settings,
} from './fixtures.ts'
import { createStage, shows, type Stage } from './stage.ts'
import type { Opened } from './workbench.ts'

let stage: Stage

beforeAll(async () => {
  stage = await createStage()
}, 120_000)
afterEach(() => stage.workbench.closePages())
afterAll(() => stage.workbench.close())

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
    path: '/journal',
    text: '投标保证金承诺书.pdf',
    answers: { 'journal.verify': () => ({ isIntact: false, entries: 11, brokenAt: 7 }) },
    act: async ({ page }) => {
      await page.getByRole('button', { name: '校验日志完整性' }).click()
      await page.getByText('日志从第 7 条起不相符').waitFor()
      await page.getByRole('button', { name: '投标保证金承诺书.pdf' }).click()
      await page.getByText('记录校验值').waitFor()
    },
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
      const opened = await stage.main(path, { answers })
      await shows(opened, text)
      await act?.(opened)
      await stage.clean(opened, name)
    })
  }

  it.each(['/home', '/certificates', '/seals', '/journal', '/grants', '/drivers', '/settings'])(
    'fits 1024×680 and speaks English at %s',
    async (path) => {
      const opened = await stage.main(path, {
        viewport: { width: 1024, height: 680 },
        answers: { 'settings.get': () => ({ ...settings, theme: 'system', language: 'en' }) },
      })
      await opened.page.getByRole('heading', { level: 1 }).waitFor()
      await shows(opened, 'Signing service')
      await opened.page.getByText('Loading …').first().waitFor({ state: 'detached' })
      await stage.clean(opened, `small-en${path.replace('/', '-')}`)
    },
  )
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
      text: '证书介质已拔出',
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
      const opened = await stage.consent(view)
      await shows(opened, text)
      if (consentView(view).subject.kind === 'document_sign' && ['asking', 'working', undefined].includes(view.phase))
        await opened.page.locator('.sheet-picture').waitFor()
      await stage.clean(opened, name)
    })
  }
})
