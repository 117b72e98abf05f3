import type { CertificateSummary } from '#contract/certificates.ts'
import type { BridgeState, GrantView, JournalEntry, Seal, Settings } from '#contract/client.ts'
import type { DriverState, Keyring, PinState, Token } from '#contract/keys.ts'

/** A trading company's desk on a busy day, for the screens' tests. */

const day = 24 * 60 * 60 * 1000
export const inDays = (days: number): string => new Date(Date.now() + days * day).toISOString()
const minutesAgo = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString()

/** Looks like a SHA-256, differs by text; nothing here needs a real one. */
export const sha256 = (text: string): string => {
  let state = 0x811c9dc5
  const next = (code: number) => {
    state = Math.imul(state ^ code, 0x01000193) >>> 0
    return state
  }
  for (const character of text) next(character.codePointAt(0) ?? 0)
  return Array.from({ length: 8 }, (_, index) =>
    next(index * 7919)
      .toString(16)
      .padStart(8, '0'),
  ).join('')
}
const id22 = (text: string): string => sha256(text).slice(0, 22)

export const longName = '内蒙古自治区呼伦贝尔市海拉尔区中铁建工集团第三建设工程有限责任公司海拉尔分公司项目管理部'

export const pinOk: PinState = { state: 'ok', triesLeft: null, minLength: 6, maxLength: 16 }
export const pinLow: PinState = { ...pinOk, state: 'low', triesLeft: 2 }
export const pinLast: PinState = { ...pinOk, state: 'last', triesLeft: 1 }
export const pinLocked: PinState = { ...pinOk, state: 'locked', triesLeft: 0 }

export const certificate = (
  name: string,
  change: Partial<CertificateSummary> & { readonly issuerName?: string } = {},
): CertificateSummary => {
  const { issuerName = '示例数字证书认证中心有限公司', ...rest } = change
  return {
    id: sha256(name),
    subject: { commonName: name, organization: name, full: `CN=${name},O=${name},L=北京市,C=CN` },
    issuer: { commonName: issuerName, organization: issuerName, full: `CN=${issuerName},O=${issuerName},C=CN` },
    serial: sha256(`serial ${name}`).slice(0, 32),
    notBefore: inDays(-300),
    notAfter: inDays(431),
    keyType: 'rsa',
    keyBits: 2048,
    algorithms: ['rsa-pkcs1-sha256'],
    keyUsage: ['digitalSignature', 'nonRepudiation'],
    creditCode: '91110108MA01234X5P',
    identity: 'enterprise',
    kind: 'media',
    state: 'normal',
    isPluggedIn: true,
    tokenId: 'softhsm2:a1',
    tokenLabel: '企业数字证书 01',
    ...rest,
  }
}

export const token = (change: Partial<Token> = {}): Token => ({
  id: 'softhsm2:a1',
  driverId: 'longmai',
  slotId: 0,
  label: '企业数字证书 01',
  serial: '3A7F 09C2 11D4 80E6',
  manufacturer: 'Longmai',
  model: 'mToken K1',
  readOnly: false,
  hasPinPad: false,
  pin: pinOk,
  mechanisms: [],
  certificates: [],
  ...change,
})

export const company = certificate('北京华建伟业工程咨询有限公司')
export const person = certificate('王建国', {
  identity: 'personal',
  creditCode: null,
  subject: {
    commonName: '王建国',
    organization: '北京华建伟业工程咨询有限公司',
    full: 'CN=王建国,O=北京华建伟业工程咨询有限公司,C=CN',
  },
  notAfter: inDays(19),
  keyType: 'ec',
  keyBits: 256,
  algorithms: ['ecdsa-sha256'],
})
export const branch = certificate(longName, {
  tokenId: 'feitian:b2',
  tokenLabel: '项目部备用 Key',
  issuerName: '北方地区电子商务安全认证服务管理中心',
})
export const expired = certificate('天津滨海新城设备租赁有限公司', {
  state: 'expired',
  notAfter: inDays(-12),
  isPluggedIn: false,
  tokenId: null,
  tokenLabel: '旧 Key（2023）',
})
export const frozen = certificate('河北中远招标代理有限公司', {
  state: 'frozen',
  isPluggedIn: false,
  tokenId: null,
  tokenLabel: null,
})

export const certificates = [company, person, branch, expired, frozen]

const driver = (name: string, change: Partial<DriverState>): DriverState => ({
  id: name,
  name,
  vendor: '',
  path: `/usr/lib/${name}.so`,
  origin: 'shipped',
  state: 'not_installed',
  error: null,
  restarts: 0,
  ...change,
})

export const keyring: Keyring = {
  tokens: [
    token(),
    token({
      id: 'feitian:b2',
      driverId: 'feitian',
      label: '项目部备用 Key',
      serial: '0088 1204 5511',
      manufacturer: 'Feitian',
      model: 'ePass3000',
      pin: pinLow,
    }),
  ],
  drivers: [
    driver('龙脉 mToken', {
      state: 'ready',
      vendor: '北京世纪龙脉科技有限公司',
      path: '/opt/longmai/lib/libgm3000.so',
    }),
    driver('飞天诚信 ePass3000', {
      state: 'ready',
      vendor: '飞天诚信科技股份有限公司',
      path: '/usr/lib/x86_64-linux-gnu/libshuttle_p11v220.so.1',
      restarts: 1,
    }),
    driver('本单位测试驱动', {
      state: 'wrong_architecture',
      origin: 'user',
      error: 'token.driver_architecture',
      path: '/home/user/下载/驱动程序/32位/libvendor-pkcs11-with-a-very-long-name.so',
    }),
    driver('握奇 WatchKey', { vendor: '北京握奇数据股份有限公司' }),
    driver('捷德 StarKey', { vendor: '捷德（中国）科技有限公司' }),
  ],
  usbKeys: [],
}

export const missingDriverKeyring: Keyring = {
  ...keyring,
  tokens: [token({ pin: pinLocked })],
  usbKeys: [
    {
      vendorId: 0x055c,
      productId: 0xe618,
      name: 'HaiKey',
      vendor: '海泰方圆',
      driverId: null,
      isDriverReady: false,
    },
  ],
}

export const settings: Settings = {
  theme: 'light',
  language: 'zh-CN',
  isBridgeEnabled: true,
  grantDays: 90,
  startAtLogin: true,
}

export const bridgeReady: BridgeState = {
  state: 'ready',
  port: 17311,
  instanceId: 'i-1',
  error: null,
  pending: 0,
}
export const bridgeFailed: BridgeState = {
  ...bridgeReady,
  state: 'failed',
  port: null,
  error: { code: 'bridge.ports_taken', details: {} },
}

export const seal = (name: string, widthMm: number, heightMm = widthMm): Seal => ({
  id: `seal_${id22(name)}`,
  name,
  widthMm,
  heightMm,
  mediaType: 'image/png',
  createdAt: inDays(-40),
})
export const companySeal = seal('企业公章', 42)
export const personalSeal = seal('法人私章', 20)
export const seals = [companySeal, personalSeal, seal('合同专用章（内蒙古呼伦贝尔海拉尔项目部专用第二枚）', 40)]

export const grants: readonly GrantView[] = [
  {
    id: 'grant_1',
    origin: 'https://ggzy.example.gov.cn',
    systemCode: 'CN-GGZY-0001',
    platformName: '中央采购交易平台',
    isRegistered: true,
    scopes: ['login', 'sign', 'seal', 'verify'],
    createdAt: inDays(-9),
    expiresAt: inDays(81),
    lastUsedAt: minutesAgo(26),
  },
  {
    id: 'grant_2',
    origin: 'https://bid.inner-mongolia-construction-exchange.example.cn:8443',
    systemCode: 'NMG-JSJY-2024',
    platformName: '内蒙古自治区建设工程招标投标公共服务与交易平台',
    isRegistered: true,
    scopes: ['login', 'sign'],
    createdAt: inDays(-88),
    expiresAt: inDays(2),
    lastUsedAt: inDays(-30),
  },
  {
    id: 'grant_3',
    origin: 'https://tender.example.com',
    systemCode: 'demo-platform',
    platformName: 'https://tender.example.com',
    isRegistered: false,
    scopes: ['login'],
    createdAt: inDays(-1),
    expiresAt: inDays(89),
    lastUsedAt: null,
  },
]

interface Use {
  readonly title: string
  readonly kind: JournalEntry['kind']
  readonly minutes: number
  /** Null: the program ended in between. */
  readonly outcome: string | null
}

const uses: readonly Use[] = [
  { title: '投标文件-商务标.pdf', kind: 'document_sign', minutes: 26, outcome: 'ok' },
  {
    title: '投标文件-技术标（含附件一至附件十二及施工组织设计方案最终修订版第三稿）.pdf',
    kind: 'document_sign',
    minutes: 28,
    outcome: 'token.removed',
  },
  { title: '', kind: 'login', minutes: 31, outcome: 'ok' },
  { title: '报价确认函', kind: 'message_sign', minutes: 60 * 25, outcome: 'operation.cancelled_by_user' },
  { title: '投标保证金承诺书.pdf', kind: 'document_sign', minutes: 60 * 26, outcome: null },
  { title: '', kind: 'login', minutes: 60 * 26 + 4, outcome: 'ok' },
]

/** Newest first, as main answers. */
export const journal = (repeat = 1): readonly JournalEntry[] => {
  const entries: JournalEntry[] = []
  const all = Array.from({ length: repeat }, () => uses).flat()
  for (const [index, use] of all.toReversed().entries()) {
    const base = {
      operationId: `op_${id22(`operation ${index}`)}`,
      kind: use.kind,
      origin: 'https://ggzy.example.gov.cn',
      systemCode: 'CN-GGZY-0001',
      certificateSerial: company.serial,
      digest: sha256(`digest ${index}`),
      title: use.title,
    }
    const at = (offset: number) =>
      minutesAgo(use.minutes + (all.length - 1 - index - uses.length) * 60 * 24 * 0.2 - offset)
    const add = (entry: JournalEntry['entry'], outcome: string, offset: number) =>
      entries.push({
        ...base,
        entry,
        outcome,
        seq: entries.length + 1,
        at: at(offset),
        hash: sha256(`hash ${entries.length}`),
      })
    add('intent', '', 0)
    if (use.outcome !== null) add('outcome', use.outcome, 0.05)
  }
  return entries.reverse()
}
