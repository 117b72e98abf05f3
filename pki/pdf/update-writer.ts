import { randomBytes } from 'node:crypto'

import type { PdfDocument } from './document.ts'
import { sourceText } from './edit.ts'
import { entry, isArray, isString } from './objects.ts'
import type { PdfRef } from './objects.ts'

/** An object of the update, new or in place of an older one. */
interface UpdateObject {
  readonly num: number
  readonly gen: number
  readonly body: Uint8Array
}

export interface UpdateWriter {
  /** A number no object has yet. */
  allocate(): PdfRef
  /** Latin-1 text or bytes of the object between `obj` and `endobj`. */
  put(ref: PdfRef, body: string | Uint8Array): void
  putStream(ref: PdfRef, dict: string, data: Uint8Array): void
  /** The update with its cross-references, to be appended at `document.size`. */
  finish(): { bytes: Uint8Array; offsetOf: (ref: PdfRef) => number }
}

export const refText = ({ num, gen }: PdfRef): string => `${num} ${gen} R`

/** Entries of the trailer that are made anew or belong to an xref stream's own data. */
const ownEntries: ReadonlySet<string> = new Set([
  'Size',
  'Prev',
  'XRefStm',
  'ID',
  'Type',
  'W',
  'Index',
  'Length',
  'Filter',
  'DecodeParms',
])

const runsOf = (numbers: readonly number[]): [first: number, count: number][] => {
  const runs: [number, number][] = []
  for (const num of numbers) {
    const last = runs.at(-1)
    if (last !== undefined && last[0] + last[1] === num) last[1]++
    else runs.push([num, 1])
  }
  return runs
}

/** §14.4: the first part stays for the life of the document, the second changes with every revision. */
const idText = (document: PdfDocument): string => {
  const value = entry(document.trailer, 'ID')
  const first = isArray(value) ? value.items[0] : undefined
  const changed = randomBytes(16).toString('hex')
  const kept = isString(first) ? Buffer.from(first.bytes).toString('hex') : changed
  return `/ID [<${kept}> <${changed}>]`
}

const trailerText = (document: PdfDocument, size: number): string => {
  const [newest] = document.xref.sections
  const kept =
    newest === undefined
      ? []
      : [...newest.trailer.entries]
          .filter(([key]) => !ownEntries.has(key))
          .map(([, { start, end }]) => sourceText(newest, start, end))
  return [`/Size ${size}`, `/Prev ${document.xref.startXref}`, ...kept, idText(document)].join('\n')
}

const latin1 = (text: string): Uint8Array => Buffer.from(text, 'latin1')

/** Collects the objects of one incremental update (ISO 32000-1 §7.5.6) and writes them in the file's own style. */
export const createUpdateWriter = (document: PdfDocument): UpdateWriter => {
  const objects = new Map<number, UpdateObject>()
  let nextNumber = document.xref.size
  const allocate = (): PdfRef => ({ kind: 'ref', num: nextNumber++, gen: 0 })
  const put = ({ num, gen }: PdfRef, body: string | Uint8Array): void => {
    objects.set(num, { num, gen, body: typeof body === 'string' ? latin1(body) : body })
  }

  const writeTable = (sorted: readonly UpdateObject[], offsets: ReadonlyMap<number, number>): string => {
    const byNumber = new Map(sorted.map((object) => [object.num, object]))
    const sections = runsOf(sorted.map(({ num }) => num)).map(([first, count]) => {
      const lines = Array.from({ length: count }, (_, index) => {
        const offset = String(offsets.get(first + index) ?? 0).padStart(10, '0')
        return `${offset} ${String(byNumber.get(first + index)?.gen ?? 0).padStart(5, '0')} n \n`
      })
      return `${first} ${count}\n${lines.join('')}`
    })
    return `xref\n${sections.join('')}trailer\n<<${trailerText(document, nextNumber)}>>\n`
  }

  const writeStream = (
    sorted: readonly UpdateObject[],
    offsets: ReadonlyMap<number, number>,
    at: number,
  ): Uint8Array => {
    const own = allocate()
    const rows = [
      ...sorted.map(({ num, gen }) => ({ num, gen, offset: offsets.get(num) ?? 0 })),
      { ...own, offset: at },
    ]
    const data = Buffer.alloc(rows.length * 11)
    rows.forEach(({ offset, gen }, index) => {
      data.writeUInt8(1, index * 11)
      data.writeBigUInt64BE(BigInt(offset), index * 11 + 1)
      data.writeUInt16BE(gen, index * 11 + 9)
    })
    const index = runsOf(rows.map(({ num }) => num))
      .flat()
      .join(' ')
    const dict = `/Type /XRef /W [1 8 2] /Index [${index}] /Length ${data.length}\n${trailerText(document, nextNumber)}`
    return Buffer.concat([latin1(`${own.num} 0 obj\n<<${dict}>>\nstream\n`), data, latin1('\nendstream\nendobj\n')])
  }

  return {
    allocate,
    put,
    putStream: (ref, dict, data) => {
      put(ref, Buffer.concat([latin1(`<<${dict} /Length ${data.length}>>\nstream\n`), data, latin1('\nendstream')]))
    },
    finish: () => {
      // The original may end without a line end; an object must begin on its own line.
      const parts: Uint8Array[] = [latin1('\n')]
      let at = document.size + 1
      const push = (part: Uint8Array): void => {
        parts.push(part)
        at += part.length
      }
      const offsets = new Map<number, number>()
      const sorted = [...objects.values()].toSorted((a, b) => a.num - b.num)
      for (const { num, gen, body } of sorted) {
        offsets.set(num, at)
        push(latin1(`${num} ${gen} obj\n`))
        push(body)
        push(latin1('\nendobj\n'))
      }
      const xrefAt = at
      const isTable = document.xref.sections[0]?.kind === 'table'
      push(isTable ? latin1(writeTable(sorted, offsets)) : writeStream(sorted, offsets, xrefAt))
      push(latin1(`startxref\n${xrefAt}\n%%EOF\n`))
      return { bytes: new Uint8Array(Buffer.concat(parts)), offsetOf: ({ num }) => offsets.get(num) ?? -1 }
    },
  }
}
