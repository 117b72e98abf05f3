import { AppError } from '#contract/errors.ts'
import { inspectPdf } from '#pki/pdf/inspect.ts'
import type { PageSize } from '../documents/pdf-service.ts'
import { withSource } from './with-source.ts'
import type { WorkerCalls } from './protocol.ts'

/** The signer puts no more places than this into one signature (pki/pdf/prepare.ts). */
const MAX_PAGES = 20_000

const numbersOf = (pages: 'all' | readonly number[], pageCount: number): number[] => {
  if (pages !== 'all') return [...new Set(pages.map((page) => (page < 0 ? pageCount + 1 + page : page)))]
  if (pageCount > MAX_PAGES) throw new AppError('document.unsupported', { reason: 'pages', pageCount })
  return Array.from({ length: pageCount }, (_, index) => index + 1)
}

/** Facts of a document that is going to be signed: a locked one is refused here, before anybody is asked. */
export const inspectDocument = (
  file: string,
  pages: 'all' | readonly number[],
): Promise<WorkerCalls['inspect']['output']> =>
  withSource(file, async (source) => {
    const inspection = await inspectPdf(source)
    const { pageCount, lock, signatures } = inspection
    if (lock !== null) throw new AppError('document.locked', { reason: lock })
    const sizes = new Map<number, PageSize>()
    for (const page of numbersOf(pages, pageCount)) {
      // A page that is not there is told by whoever places a seal on it.
      if (page < 1 || page > pageCount) continue
      const { width, height } = await inspection.page(page)
      sizes.set(page, { width, height })
    }
    return { pageCount, existingSignatures: signatures.length, pages: sizes }
  })
