/** One bid: fetch the tender document, have it signed and sealed by the client, hand it in, show the receipt. */
import type { Bidder, Receipt, Tender } from '../answers.ts'
import { submitBid, tenderDocument } from './api.ts'
import { explain, signTender } from './bridge.ts'
import { element, grouped, time } from './dom.ts'
import { notice } from './notice.ts'
import { progress } from './progress.ts'

const term = (name: string, value: string, style = ''): HTMLElement[] => [
  element('dt', {}, name),
  element('dd', style === '' ? {} : { class: style }, value),
]

const receiptCard = (receipt: Receipt): HTMLElement =>
  element(
    'section',
    { class: 'notice good', role: 'status', 'data-receipt': receipt.number, 'data-sha256': receipt.sha256 },
    element('h2', {}, '投标文件已接收'),
    element(
      'dl',
      {},
      ...term('回执编号', receipt.number, 'code'),
      ...term('签名人', receipt.signer),
      ...term('证书序列号', receipt.certificateSerial, 'code'),
      ...term('签名时间', receipt.signedAt === null ? '未注明' : time(receipt.signedAt)),
      ...term('接收时间', time(receipt.receivedAt)),
      ...term('文件摘要', grouped(receipt.sha256), 'code'),
    ),
    element('div', { class: 'actions' }, downloadLink(receipt)),
  )

const downloadLink = (receipt: Receipt): HTMLElement =>
  element('a', { class: 'button', href: `/api/receipts/${receipt.number}/document` }, '下载已签章的投标文件')

/** A file from the bidder's disk, for those who signed it elsewhere. */
const chooseFile = (chosen: (file: File) => void): HTMLElement => {
  const input = element('input', { type: 'file', accept: 'application/pdf', id: 'signed-file', hidden: true })
  input.onchange = () => {
    const [file] = input.files ?? []
    input.value = ''
    if (file) chosen(file)
  }
  return element('span', {}, input, element('label', { class: 'button', for: 'signed-file' }, '上传已签章的文件…'))
}

export const bidView = (bidder: Bidder, tender: Tender, back: () => void): HTMLElement => {
  const outcome = element('div')
  const stop = element('button', { type: 'button', hidden: true }, '取消')
  const start = element('button', { type: 'button', class: 'primary' }, '签章并递交')
  let aborter = new AbortController()
  stop.onclick = () => aborter.abort()

  const run = async (work: (signal: AbortSignal) => Promise<Receipt>, failed: () => void): Promise<void> => {
    aborter = new AbortController()
    start.disabled = true
    stop.hidden = false
    try {
      const receipt = await work(aborter.signal)
      outcome.append(receiptCard(receipt))
    } catch (error) {
      failed()
      outcome.append(notice(explain(error)))
    } finally {
      start.disabled = false
      stop.hidden = true
    }
  }

  const signAndSubmit = (): Promise<void> => {
    const steps = progress(['下载招标文件', '在客户端核对文件、选择印章并输入口令', '取回已签章的文件', '平台核验签名'])
    outcome.replaceChildren(steps.list)
    return run(async (signal) => {
      steps.at(0)
      const pdf = await tenderDocument(tender.id, signal)
      steps.at(1)
      const signed = await signTender({
        pdf,
        name: tender.fileName,
        certificateId: bidder.certificateId,
        asking: () => steps.at(1, '请看客户端窗口'),
        signed: () => steps.at(2),
        signal,
      })
      steps.at(3)
      const receipt = await submitBid(tender.id, signed, signal)
      steps.done()
      return receipt
    }, steps.failed)
  }
  start.onclick = () => void signAndSubmit()

  const submitFile = (file: File): Promise<void> => {
    if (start.disabled) return Promise.resolve()
    const steps = progress(['平台核验签名'])
    outcome.replaceChildren(steps.list)
    return run(async (signal) => {
      steps.at(0)
      const receipt = await submitBid(tender.id, new Blob([file], { type: 'application/pdf' }), signal)
      steps.done()
      return receipt
    }, steps.failed)
  }

  const leave = (): void => {
    aborter.abort()
    back()
  }

  return element(
    'section',
    { class: 'card' },
    element('h1', {}, tender.title),
    element(
      'dl',
      {},
      ...term('招标编号', tender.number, 'code'),
      ...term('招标人', tender.owner),
      ...term('投标截止', time(tender.deadline)),
      ...term('签章要求', '投标函盖印章，全文盖骑缝章，签名覆盖整个文件'),
    ),
    element(
      'div',
      { class: 'actions' },
      start,
      stop,
      element('a', { class: 'button', href: `/api/tenders/${tender.id}/document` }, '下载招标文件'),
      chooseFile((file) => void submitFile(file)),
      element('button', { type: 'button', click: leave }, '返回项目列表'),
    ),
    outcome,
  )
}
