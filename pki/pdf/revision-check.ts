import { AppError } from '#contract/errors.ts'
import { headOf } from '../io/byte-source.ts'
import type { ByteSource } from '../io/byte-source.ts'
import type { References } from './changed-objects.ts'
import { openPdf } from './document.ts'
import type { PdfDocument } from './document.ts'
import { compareRevisions } from './revision-changes.ts'
import type { RevisionChange } from './revision-changes.ts'
import { readSignatureFields } from './signature-fields.ts'
import type { DocMdpLevel, SignatureField } from './signature-fields.ts'

/** The document as it is now, with what checking its signatures one after the other needs. */
export interface SignedDocument {
  readonly source: ByteSource
  readonly document: PdfDocument
  /** Ends of all signed revisions. */
  readonly ends: readonly number[]
  readonly references: References
}

export type RevisionFinding = 'revision_incomplete' | 'modified_after_signing' | 'changes_not_checked'

/** A signed revision against the document as it is now. */
export interface Revision {
  /** `broken`: the range does not protect the file. */
  readonly coverage: 'whole' | 'earlier_revision' | 'broken'
  readonly changes: readonly RevisionChange[]
  readonly findings: readonly RevisionFinding[]
}

const isBlank = async (source: ByteSource, start: number): Promise<boolean> => {
  if (source.size - start > 4096) return false
  const tail = await source.read(start, source.size - start)
  return tail.every((byte) => byte === 0 || byte === 9 || byte === 10 || byte === 13 || byte === 32)
}

export const checkRevision = async (
  { source, document, ends, references }: SignedDocument,
  field: SignatureField,
  end: number,
): Promise<Revision> => {
  try {
    const before = await openPdf(headOf(source, end))
    const { fields } = await readSignatureFields(before)
    const then = fields.find(({ name }) => name === field.name)?.signature
    // The signed revision must be a document by itself and hold this very signature.
    if (!then?.object || then.object.num !== field.signature?.object?.num) {
      return { coverage: 'broken', changes: [], findings: ['revision_incomplete'] }
    }
    if (await isBlank(source, end)) return { coverage: 'whole', changes: [], findings: [] }
    const changes = await compareRevisions(
      before,
      document,
      ends.filter((other) => other > end),
      references,
    )
    const findings: RevisionFinding[] = changes.every(({ isAllowed }) => isAllowed) ? [] : ['modified_after_signing']
    return { coverage: 'earlier_revision', changes, findings }
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    // Too much to compare: neither good nor bad is known.
    if (error.code === 'document.unsupported') {
      return { coverage: 'earlier_revision', changes: [], findings: ['changes_not_checked'] }
    }
    return { coverage: 'broken', changes: [], findings: ['revision_incomplete'] }
  }
}

/** §12.8.2.2: level 1 allows validation data alone, level 2 signatures too, but no stamps. */
export const violates = (level: DocMdpLevel | null, changes: readonly RevisionChange[]): boolean =>
  changes.some(
    ({ kind }) =>
      (level === 1 && (kind === 'signature_added' || kind === 'seal_added')) || (level === 2 && kind === 'seal_added'),
  )

export const laterChangesOf = ({ coverage, changes, findings }: Revision): 'none' | 'allowed' | 'modified' | null => {
  if (coverage === 'broken' || findings.includes('changes_not_checked')) return null
  if (coverage === 'whole') return 'none'
  return changes.every(({ isAllowed }) => isAllowed) ? 'allowed' : 'modified'
}
