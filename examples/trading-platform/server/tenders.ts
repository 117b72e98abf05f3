import { readFileSync } from 'node:fs'
import path from 'node:path'
import type { Tender } from '../answers.ts'

const folder = path.join(import.meta.dirname, '../files')

/** The example is always some weeks before its deadlines: 09:30 in Beijing, so many days from the server's start. */
const daysFromNow = (days: number): string => {
  const day = new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)
  return `${day}T09:30:00+08:00`
}

export const tenders: readonly Tender[] = [
  {
    id: 'tender-2026-0117',
    number: 'HD-2026-SG-0117',
    title: '滨江市城东污水处理厂提标改造工程',
    owner: '滨江市水务投资有限公司（示例）',
    kind: '施工',
    ceiling: 86_420_000,
    deadline: daysFromNow(21),
    fileName: '城东污水处理厂提标改造工程-招标文件及投标函.pdf',
  },
  {
    id: 'tender-2026-0123',
    number: 'HD-2026-HW-0123',
    title: '青湖县农村公路安全设施采购项目',
    owner: '青湖县交通运输局（示例）',
    kind: '货物',
    ceiling: 12_860_000,
    deadline: daysFromNow(28),
    fileName: '青湖县农村公路安全设施采购-招标文件及投标函.pdf',
  },
  {
    id: 'tender-2026-0098',
    number: 'HD-2026-FW-0098',
    title: '滨江市智慧停车平台运维服务项目',
    owner: '滨江市城市管理局（示例）',
    kind: '服务',
    ceiling: 3_480_000,
    deadline: daysFromNow(-3),
    fileName: '',
  },
]

export const tenderOf = (id: string): Tender | null => tenders.find((tender) => tender.id === id) ?? null

export const isOpen = (tender: Tender, now: Date): boolean => Date.parse(tender.deadline) > now.getTime()

/** The PDF as it was published; a bid must begin with exactly these bytes. */
export const documentOf = (tender: Tender): Buffer => readFileSync(path.join(folder, `${tender.id}.pdf`))
