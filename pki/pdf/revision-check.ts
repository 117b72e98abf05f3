import { AppError } from '#contract/errors.ts'
import { headOf } from '../io/byte-source.ts'
import type { ByteSource } from '../io/byte-source.ts'
import type { RevisionChange } from './change-kinds.ts'
import { openPdf } from './document.ts'
import type { PdfDocument } from './document.ts'
import { reachDrawn } from './reach.ts'
import type { Reached } from './reach.ts'
import { compareRevisions } from './revision-changes.ts'
import { readSignatureFields } from './signature-fields.ts'
import type { DocMdpLevel, SignatureField } from './signature-fields.ts'

export type RevisionFinding = 'revision_incomplete' | 'modified_after_signing' | 'changes_not_checked'

/** A signed revision against the document as it is now. */
export interface Revision {
  /** `broken`: the range does not protect the file. */
  readonly coverage: 'whole' | 'earlier_revision' | 'broken'
  readonly changes: readonly RevisionChange[]
  readonly findings: readonly RevisionFinding[]
}

export interface SignedField {
  readonly field: SignatureField
  /** Where the signed revision ends. */
  readonly end: number
}

const isBlank = async (source: ByteSource, start: number): Promise<boolean> => {
  if (source.size - start > 4096) return false
  const tail = await source.read(start, source.size - start)
  return tail.every((byte) => byte === 0 || byte === 9 || byte === 10 || byte === 13 || byte === 32)
}

/** What could not be done, as a finding: too much to compare leaves it open whether the document is good. */
const orFinding = async <T>(run: () => Promise<T>): Promise<T | RevisionFinding> => {
  try {
    return await run()
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return error.code === 'document.unsupported' ? 'changes_not_checked' : 'revision_incomplete'
  }
}

/** The signed revision, which must be a document by itself and hold this very signature. */
const openRevision = (source: ByteSource, { field, end }: SignedField): Promise<PdfDocument | RevisionFinding> =>
  orFinding(async () => {
    const document = await openPdf(headOf(source, end))
    const { fields } = await readSignatureFields(document)
    const then = fields.find(({ name }) => name === field.name)?.signature
    return then?.object && then.object.num === field.signature?.object?.num ? document : 'revision_incomplete'
  })

const failed = (finding: RevisionFinding): Revision => ({
  coverage: finding === 'revision_incomplete' ? 'broken' : 'earlier_revision',
  changes: [],
  findings: [finding],
})

type Outcome = readonly RevisionChange[] | RevisionFinding

/** Puts the steps behind a revision together. */
const toRevision = (outcomes: readonly Outcome[], isWhole: boolean): Revision => {
  if (isWhole) return { coverage: 'whole', changes: [], findings: [] }
  const broken = outcomes.find((outcome) => outcome === 'revision_incomplete')
  if (broken !== undefined) return failed('revision_incomplete')
  const changes = outcomes.flatMap((outcome) => (typeof outcome === 'string' ? [] : outcome))
  const findings: RevisionFinding[] = []
  if (outcomes.includes('changes_not_checked')) findings.push('changes_not_checked')
  if (!changes.every(({ isAllowed }) => isAllowed)) findings.push('modified_after_signing')
  return { coverage: 'earlier_revision', changes, findings }
}

/**
 * Follows a document from each signed revision to the next and to the file as it is. Only a revision that holds its
 * signature vouches for what was added since the one before. Takes the signatures from the oldest to the newest.
 */
export const checkRevisions = async (
  source: ByteSource,
  document: PdfDocument,
  signed: readonly SignedField[],
): Promise<ReadonlyMap<SignatureField, Revision>> => {
  const revisions = new Map<SignatureField, Revision>()
  const links: { item: SignedField; outcome: Outcome }[] = []
  let drawn: Reached | null = null
  const compare = async (before: PdfDocument, after: PdfDocument, isSigned: boolean): Promise<Outcome> => {
    if (before.size === after.size) return []
    const outcome = await orFinding(async () => {
      drawn ??= await reachDrawn(before)
      return compareRevisions(before, after, isSigned, drawn)
    })
    if (typeof outcome === 'string') drawn = null
    return outcome
  }
  let previous: PdfDocument | null = null
  for (const item of signed) {
    const opened = await openRevision(source, item)
    if (typeof opened === 'string') {
      revisions.set(item.field, failed(opened))
      continue
    }
    const link = links.at(-1)
    if (previous !== null && link !== undefined) link.outcome = await compare(previous, opened, true)
    links.push({ item, outcome: [] })
    previous = opened
  }
  const last = links.at(-1)
  const isWhole = last !== undefined && (await isBlank(source, last.item.end))
  if (previous !== null && last !== undefined && !isWhole) last.outcome = await compare(previous, document, false)
  links.forEach(({ item }, index) => {
    const outcomes = links.slice(index).map(({ outcome }) => outcome)
    revisions.set(item.field, toRevision(outcomes, isWhole && item.end === last.item.end))
  })
  return revisions
}

/** §12.8.2.2: level 1 allows nothing that is seen (validation data and metadata are not), level 2 no stamps. */
export const violates = (level: DocMdpLevel | null, changes: readonly RevisionChange[]): boolean =>
  changes.some(
    ({ kind }) =>
      (level === 1 && (kind === 'signature_added' || kind === 'seal_added')) || (level === 2 && kind === 'seal_added'),
  )

export const laterChangesOf = ({ coverage, findings }: Revision): 'none' | 'allowed' | 'modified' | null => {
  if (coverage === 'broken') return null
  if (coverage === 'whole') return 'none'
  if (findings.includes('modified_after_signing')) return 'modified'
  return findings.includes('changes_not_checked') ? null : 'allowed'
}
