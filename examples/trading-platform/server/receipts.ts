import { mkdirSync, readFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { Receipt } from '../answers.ts'

export interface Receipts {
  readonly keep: (receipt: Omit<Receipt, 'number'>, pdf: Buffer) => Receipt
  readonly of: (certificateId: string) => Receipt[]
  readonly document: (number: string, certificateId: string) => Buffer | null
}

const hasCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code

/** False where the file is there already: another process was quicker. */
const writeNew = (file: string, content: string | Buffer): boolean => {
  try {
    writeFileSync(file, content, { mode: 0o600, flag: 'wx' })
    return true
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false
    throw error
  }
}

/**
 * Accepted bids as files: the signed PDF first, then its receipt, so that a receipt never stands without its document. The
 * PDF takes the number; nothing that was accepted is ever written over.
 */
export const openReceipts = (folder: string): Receipts => {
  mkdirSync(folder, { recursive: true })
  const highest = (): number =>
    Math.max(0, ...readdirSync(folder).map((name) => Number(/^HZ\d{8}(\d+)\.pdf$/.exec(name)?.[1] ?? 0)))
  const all = (): Receipt[] =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.json'))
      .map((name) => JSON.parse(readFileSync(path.join(folder, name), 'utf8')) as Receipt)
      .sort((a, b) => b.number.localeCompare(a.number))
  return {
    keep: (content, pdf) => {
      const day = content.receivedAt.slice(0, 10).replaceAll('-', '')
      const numberAt = (place: number): string => `HZ${day}${String(place).padStart(4, '0')}`
      let next = highest() + 1
      while (!writeNew(path.join(folder, `${numberAt(next)}.pdf`), pdf)) next += 1
      const receipt: Receipt = { number: numberAt(next), ...content }
      const file = path.join(folder, `${receipt.number}.json`)
      writeFileSync(`${file}.part`, JSON.stringify(receipt, null, 2), { mode: 0o600 })
      renameSync(`${file}.part`, file)
      return receipt
    },
    of: (certificateId) => all().filter((receipt) => receipt.certificateId === certificateId),
    document: (number, certificateId) => {
      const receipt = all().find((known) => known.number === number && known.certificateId === certificateId)
      return receipt ? readFileSync(path.join(folder, `${receipt.number}.pdf`)) : null
    },
  }
}
