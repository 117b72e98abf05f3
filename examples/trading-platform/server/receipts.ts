import { mkdirSync, readFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs'
import path from 'node:path'

export interface Receipt {
  readonly number: string
  readonly tenderId: string
  readonly tenderNumber: string
  readonly tenderTitle: string
  readonly sha256: string
  readonly size: number
  readonly signer: string
  readonly certificateId: string
  readonly certificateSerial: string
  readonly signedAt: string | null
  readonly receivedAt: string
}

export interface Receipts {
  readonly keep: (receipt: Omit<Receipt, 'number'>, pdf: Buffer) => Receipt
  readonly of: (certificateId: string) => Receipt[]
  readonly document: (number: string, certificateId: string) => Buffer | null
}

const writeWhole = (file: string, content: string | Buffer): void => {
  writeFileSync(`${file}.part`, content, { mode: 0o600 })
  renameSync(`${file}.part`, file)
}

/** Accepted bids as files: the signed PDF first, then its receipt, so that a receipt never stands without its document. */
export const openReceipts = (folder: string): Receipts => {
  mkdirSync(folder, { recursive: true })
  const all = (): Receipt[] =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.json'))
      .map((name) => JSON.parse(readFileSync(path.join(folder, name), 'utf8')) as Receipt)
      .sort((a, b) => b.number.localeCompare(a.number))
  return {
    keep: (content, pdf) => {
      const day = content.receivedAt.slice(0, 10).replaceAll('-', '')
      const number = `HZ${day}${String(all().length + 1).padStart(4, '0')}`
      const receipt: Receipt = { number, ...content }
      writeWhole(path.join(folder, `${number}.pdf`), pdf)
      writeWhole(path.join(folder, `${number}.json`), JSON.stringify(receipt, null, 2))
      return receipt
    },
    of: (certificateId) => all().filter((receipt) => receipt.certificateId === certificateId),
    document: (number, certificateId) => {
      const receipt = all().find((known) => known.number === number && known.certificateId === certificateId)
      return receipt ? readFileSync(path.join(folder, `${receipt.number}.pdf`)) : null
    },
  }
}
