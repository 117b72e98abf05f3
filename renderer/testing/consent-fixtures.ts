import type { ConsentCertificate, ConsentSubject, ConsentView } from '#contract/client.ts'
import type { CertificateSummary } from '#contract/certificates.ts'
import { branch, company, companySeal, expired, longName, person, pinLow, pinOk, seals, sha256 } from './fixtures.ts'

export const choosable = (
  summary: CertificateSummary,
  change: Partial<ConsentCertificate> = {},
): ConsentCertificate => ({ ...summary, pin: pinOk, hasPinPad: false, unfit: null, ...change })

export const pageMm = { width: 210, height: 297 }

type DocumentSubject = Extract<ConsentSubject, { kind: 'document_sign' }>

export const tender: DocumentSubject['documents'][number] = {
  id: 'doc_tender',
  name: '投标文件-商务标.pdf',
  size: 1_482_913,
  sha256: sha256('tender'),
  pageCount: 4,
  pages: [{ page: 1, ...pageMm }],
  placements: [
    { page: 1, x: 128, y: 205, width: 42, height: 42, slice: null },
    ...[1, 2, 3, 4].map((page) => ({
      page,
      x: 210 - 10.5,
      y: 120,
      width: 10.5,
      height: 42,
      slice: { left: (page - 1) / 4, right: page / 4 },
    })),
  ],
  existingSignatures: 0,
}

export const documentSubject: DocumentSubject = {
  kind: 'document_sign',
  documents: [tender],
  reason: '投标文件签署',
  location: '北京市海淀区',
  level: 'B-B',
  wantsSeal: true,
  requestedSealId: companySeal.id,
}

export const batchSubject: DocumentSubject = {
  ...documentSubject,
  documents: Array.from({ length: 12 }, (_, index) => ({
    ...tender,
    id: index === 0 ? tender.id : `doc_${index}`,
    name:
      index === 3
        ? '投标文件-技术标（含附件一至附件十二及施工组织设计方案最终修订版第三稿）.pdf'
        : `投标文件-第${index + 1}册.pdf`,
    size: 400_000 * (index + 1),
    sha256: sha256(`document ${index}`),
    pageCount: 4 + index,
    existingSignatures: index === 0 ? 1 : 0,
  })),
}

export const messageSubject: ConsentSubject = {
  kind: 'message_sign',
  format: 'cms',
  messages: [
    {
      name: '报价确认函',
      size: 412,
      sha256: sha256('message'),
      preview:
        '致：中央采购交易平台\n\n我单位对编号 ZB-2026-1123 的项目作出最终报价：\n投标总价：人民币 12,345,678.90 元（大写：壹仟贰佰叁拾肆万伍仟陆佰柒拾捌元玖角）\n工期：180 日历天\n\n北京华建伟业工程咨询有限公司',
      isText: true,
      isTruncated: false,
    },
    {
      name: '',
      size: 4096,
      sha256: sha256('binary'),
      preview: '30 82 05 a1 06 09 2a 86 48 86 f7 0d 01 07 02 a0 82 05 92 30 82 05 8e 02 01 01 31 0d 30 0b 06 09',
      isText: false,
      isTruncated: true,
    },
  ],
}

export const loginSubject: ConsentSubject = { kind: 'login', challengeDigest: sha256('challenge') }
export const grantSubject: ConsentSubject = { kind: 'grant', scopes: ['login', 'sign', 'seal', 'verify'] }

/** One holder, two keys: only algorithm and serial number tell them apart. */
export const twins = [
  choosable(company),
  choosable({
    ...company,
    id: sha256('twin'),
    serial: sha256('twin serial').slice(0, 32),
    keyType: 'ec',
    keyBits: 256,
  }),
]

/** Several fit: nobody is chosen for the person. */
export const severalCertificates = [
  choosable(company),
  choosable(branch, { pin: pinLow }),
  choosable(person),
  choosable(expired, { unfit: 'certificate.expired' }),
]

export const consentView = (change: Partial<ConsentView> = {}): ConsentView => ({
  operationId: 'op_AAAAAAAAAAAAAAAAAAAAAA',
  createdAt: new Date().toISOString(),
  expiresAt: new Date(Date.now() + 285_000).toISOString(),
  phase: 'asking',
  progress: null,
  error: null,
  origin: { ascii: 'https://ggzy.example.gov.cn', display: 'https://ggzy.example.gov.cn', isSecure: true },
  platform: { systemCode: 'CN-GGZY-0001', name: '中央采购交易平台', isRegistered: true },
  subject: documentSubject,
  certificates: [choosable(company), choosable(expired, { unfit: 'certificate.expired' })],
  requestedCertificateId: null,
  seals: [...seals],
  ...change,
})

export const longPlatform: Partial<ConsentView> = {
  origin: {
    ascii: 'https://bid.inner-mongolia-construction-exchange.example.cn:8443',
    display: 'https://bid.inner-mongolia-construction-exchange.example.cn:8443',
    isSecure: true,
  },
  platform: { systemCode: 'NMG-JSJY-2024', name: `${longName}公共资源交易服务平台`, isRegistered: true },
}

export const unregistered: Partial<ConsentView> = {
  origin: { ascii: 'https://xn--ggzy-q53c.example.com', display: 'https://xn--ggzy-q53c.example.com', isSecure: false },
  platform: { systemCode: 'unknown-code', name: '', isRegistered: false },
}
