import type { ConsentSubject, PlacedSeal } from '#contract/client.ts'
import { AppError } from '#contract/errors.ts'
import type { DocumentSignRequest, OperationResult } from '#contract/operations.ts'
import type { Certificate } from '#pki/x509/certificate.ts'
import type { DocumentFile, DocumentStore } from '../documents/document-store.ts'
import type { PageSize, PdfFacts, PdfService } from '../documents/pdf-service.ts'
import type { SealPicture, SealsStore } from '../store/seals.store.ts'
import { pagesOf, resolvePlacements } from './placements.ts'
import type { Task, TaskSession } from './ports.ts'

export interface DocumentSignPorts {
  readonly documents: Pick<DocumentStore, 'find' | 'hold' | 'newResult' | 'forget'>
  readonly pdf: Pick<PdfService, 'inspect' | 'sign'>
  readonly seals: Pick<SealsStore, 'list' | 'get' | 'picture'>
  readonly chainOf: (leaf: Certificate) => readonly Certificate[]
  readonly now: () => Date
}

interface Inspected {
  readonly file: DocumentFile
  readonly facts: PdfFacts
}

type SignedDocument = Extract<OperationResult, { kind: 'document_sign' }>['documents'][number]

const sizeIn = ({ facts }: Inspected, page: number): PageSize => {
  const size = facts.pages.get(page)
  if (size === undefined) throw new AppError('document.placement_outside', { page, pageCount: facts.pageCount })
  return size
}

/** Sizes the window needs before it asks for pictures; of a thick document the first ones only. */
const MAX_SHOWN_SIZES = 200

/**
 * 文件签章签名. Before the question is asked the documents are hashed (at upload), held against deletion, inspected, and
 * the seal's places resolved; the window shows these very numbers and the signer uses them (R10).
 */
export const prepareDocumentSign = async (
  ports: DocumentSignPorts,
  grantId: string,
  documentId: string,
  request: DocumentSignRequest,
): Promise<Task> => {
  const { documents, pdf, seals } = ports
  const files = [...new Set([documentId, ...request.also])].map((id) => documents.find(grantId, id))
  const releases = files.map(({ id }) => documents.hold(id))
  const dispose = () => {
    for (const release of releases) release()
  }
  const wantsSeal = request.sealId !== null && request.placements.length > 0

  const firstSeal = (): string | null => {
    if (!wantsSeal) return null
    const { sealId } = request
    if (sealId === undefined || sealId === null) return seals.list()[0]?.id ?? null
    if (seals.get(sealId) === null) throw new AppError('seal.not_found')
    return sealId
  }

  const inspectAll = async (): Promise<Inspected[]> => {
    const inspected: Inspected[] = []
    for (const file of files) {
      inspected.push({ file, facts: await pdf.inspect(file.path, wantsSeal ? pagesOf(request.placements) : [1]) })
    }
    return inspected
  }

  const createPlacer = (inspected: readonly Inspected[]) => {
    const placed = new Map<string, ReadonlyMap<string, PlacedSeal[]>>()
    return (sealId: string | null): ReadonlyMap<string, PlacedSeal[]> => {
      if (sealId === null || !wantsSeal) return new Map<string, PlacedSeal[]>()
      const known = placed.get(sealId)
      if (known !== undefined) return known
      const seal = seals.get(sealId)
      if (seal === null) throw new AppError('seal.not_found')
      const resolved = new Map(
        inspected.map((document) => [
          document.file.id,
          resolvePlacements(request.placements, {
            pageCount: document.facts.pageCount,
            sizeOf: (page) => sizeIn(document, page),
            seal,
          }),
        ]),
      )
      placed.set(sealId, resolved)
      return resolved
    }
  }

  try {
    const inspected = await inspectAll()
    const place = createPlacer(inspected)
    const requestedSealId = firstSeal()
    // A seal that would land outside is the page's mistake: told to it, before a person is asked.
    place(requestedSealId)

    const subject = (sealId: string | null): ConsentSubject => {
      const placements = place(sealId)
      return {
        kind: 'document_sign',
        documents: inspected.map(({ file, facts }) => ({
          id: file.id,
          name: file.name,
          size: file.size,
          sha256: file.sha256,
          pageCount: facts.pageCount,
          pages: [...facts.pages].slice(0, MAX_SHOWN_SIZES).map(([page, size]) => ({ page, ...size })),
          placements: placements.get(file.id) ?? [],
          existingSignatures: facts.existingSignatures,
        })),
        reason: request.reason,
        location: request.location,
        level: request.level,
        wantsSeal,
        requestedSealId: sealId,
      }
    }

    /** R10: a seal that was removed since it was shown is missed before the key is used, never left out. */
    const pictureOf = (sealId: string | null): SealPicture | null => {
      if (sealId === null || !wantsSeal) return null
      const picture = seals.picture(sealId)
      if (picture === null) throw new AppError('seal.not_found')
      return picture
    }

    const signOne = async (
      session: TaskSession,
      { file }: Inspected,
      picture: SealPicture | null,
    ): Promise<SignedDocument> => {
      const placements = place(session.sealId).get(file.id) ?? []
      const result = documents.newResult(grantId, file.name)
      try {
        const { size, sha256 } = await session.journaled({ digest: file.sha256, title: file.name }, (sign) =>
          pdf.sign(
            {
              source: file.path,
              target: result.path,
              sha256: file.sha256,
              certificate: session.certificate.parsed.der,
              chain: ports.chainOf(session.certificate.parsed).map(({ der }) => der),
              algorithm: session.algorithm,
              reason: request.reason,
              location: request.location,
              signingTime: ports.now(),
              seal: picture === null ? null : { picture, placements },
            },
            sign,
            session.signal,
          ),
        )
        session.signal.throwIfAborted()
        const { id } = await result.commit(size, sha256)
        return { id, sourceId: file.id, size, sha256 }
      } catch (error) {
        await result.discard()
        throw error
      }
    }

    const run = async (session: TaskSession): Promise<OperationResult> => {
      const signed: SignedDocument[] = []
      try {
        const picture = pictureOf(session.sealId)
        for (const document of inspected) {
          signed.push(await signOne(session, document, picture))
          session.progress(signed.length, inspected.length)
        }
        session.signal.throwIfAborted()
      } catch (error) {
        // All or none: what the page cannot reach must not lie about.
        for (const { id } of signed) documents.forget(id)
        throw error
      }
      for (const { file } of inspected) documents.forget(file.id)
      return { kind: 'document_sign', documents: signed, certificate: session.certificate.summary }
    }

    return {
      needs: 'key',
      requestedCertificateId: request.certificateId ?? null,
      requestedAlgorithm: request.algorithm ?? null,
      requestedSealId,
      subject,
      total: inspected.length,
      documentIds: inspected.map(({ file }) => file.id),
      dispose,
      run,
    }
  } catch (error) {
    dispose()
    throw error
  }
}
