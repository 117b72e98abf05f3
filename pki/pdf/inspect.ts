import { AppError } from '#contract/errors.ts'
import type { ByteSource } from '../io/byte-source.ts'
import { openPdf } from './document.ts'
import type { PdfDocument } from './document.ts'
import { readGeometry } from './geometry.ts'
import type { PageGeometry } from './geometry.ts'
import { isName } from './objects.ts'
import { countPages, findPage } from './pages.ts'
import { findLock, readDocMdp, readSignatureFields } from './signature-fields.ts'
import type { DocMdpLevel, LockReason } from './signature-fields.ts'
import { readDate, readTextString } from './text.ts'

interface ExistingSignature {
  readonly fieldName: string
  readonly subFilter: string | null
  readonly signerName: string | null
  /** As claimed in /M. */
  readonly time: Date | null
}

export interface PdfInspection {
  readonly version: string
  readonly pageCount: number
  readonly isLinearized: boolean
  readonly docMdp: DocMdpLevel | null
  /** Why this document takes no further signature, or null. */
  readonly lock: LockReason | null
  readonly signatures: readonly ExistingSignature[]
  /** Names of signature fields that wait to be signed. */
  readonly emptyFields: readonly string[]
  /** Page `number` from 1, read when asked for. Throws `request.invalid` beyond the last page. */
  page(number: number): Promise<PageGeometry>
}

const readSignatures = async (document: PdfDocument) => {
  const { fields } = await readSignatureFields(document)
  const signatures: ExistingSignature[] = []
  for (const { name, signature } of fields) {
    if (signature === null) continue
    const subFilter = await document.get(signature.dict, 'SubFilter')
    signatures.push({
      fieldName: name,
      subFilter: isName(subFilter) ? subFilter.value : null,
      signerName: readTextString(await document.get(signature.dict, 'Name')),
      time: readDate(await document.get(signature.dict, 'M')),
    })
  }
  const emptyFields = fields.filter(({ signature }) => signature === null).map(({ name }) => name)
  return { fields, signatures, emptyFields }
}

/**
 * What a PDF is, before anything is done with it. Throws `document.not_pdf`, `damaged`, `encrypted`, `no_pages` or
 * `unsupported`. A locked document is reported, not refused: it can be read, but not signed.
 */
export const inspectPdf = async (source: ByteSource): Promise<PdfInspection> => {
  const document = await openPdf(source)
  const pageCount = await countPages(document)
  if (pageCount === 0) throw new AppError('document.no_pages')
  const { fields, signatures, emptyFields } = await readSignatures(document)
  return {
    version: document.version,
    pageCount,
    isLinearized: document.isLinearized,
    docMdp: await readDocMdp(document),
    lock: await findLock(document, fields),
    signatures,
    emptyFields,
    page: async (number) => {
      if (!Number.isInteger(number) || number < 1 || number > pageCount) {
        throw new AppError('request.invalid', { field: 'page', pageCount })
      }
      return readGeometry(document, await findPage(document, number))
    },
  }
}
