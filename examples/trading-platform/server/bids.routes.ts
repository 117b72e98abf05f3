import { createHash } from 'node:crypto'
import { Router, raw, type ErrorRequestHandler, type Request, type Response } from 'express'
import type { Bidder, Tender } from '../answers.ts'
import { PlatformError, bodyProblem } from './platform-error.ts'
import type { Receipts } from './receipts.ts'
import type { Sessions } from './sessions.ts'
import { documentOf, isOpen, tenderOf, tenders } from './tenders.ts'
import type { Verifiers } from './verifiers.ts'

export interface BidPorts {
  readonly sessions: Sessions
  readonly verifiers: Verifiers
  readonly receipts: Receipts
  readonly now: () => Date
}

const MAX_BID = 20 * 1024 * 1024

const sendPdf = (response: Response, pdf: Buffer, name: string): void => {
  response.type('application/pdf')
  response.set(
    'Content-Disposition',
    `attachment; filename="document.pdf"; filename*=UTF-8''${encodeURIComponent(name)}`,
  )
  response.send(pdf)
}

/** The one body that a person chose: its sentence says what to do. */
const errors: ErrorRequestHandler = (error: unknown, _request, _response, next) => {
  next(bodyProblem(error) === 'entity.too.large' ? new PlatformError('bid.too_large') : error)
}

export const bidRoutes = ({ sessions, verifiers, receipts, now }: BidPorts): Router => {
  const routes = Router()

  const bidderOf = (request: Request): Bidder => {
    const bidder = sessions.of(request)?.bidder
    if (!bidder) throw new PlatformError('session.missing')
    return bidder
  }
  const tenderFor = (request: Request): Tender => {
    const tender = tenderOf(String(request.params.id))
    if (!tender) throw new PlatformError('tender.not_found')
    if (!isOpen(tender, now())) throw new PlatformError('tender.closed')
    return tender
  }

  routes.get('/tenders', (_request, response) => {
    response.json({ tenders: tenders.map((tender) => ({ ...tender, isOpen: isOpen(tender, now()) })) })
  })

  routes.get('/tenders/:id/document', (request, response) => {
    bidderOf(request)
    const tender = tenderFor(request)
    sendPdf(response, documentOf(tender), tender.fileName)
  })

  routes.post('/tenders/:id/bids', raw({ type: 'application/pdf', limit: MAX_BID }), async (request, response) => {
    const bidder = bidderOf(request)
    const tender = tenderFor(request)
    const pdf: unknown = request.body
    if (!Buffer.isBuffer(pdf) || pdf.subarray(0, 5).toString('latin1') !== '%PDF-') {
      throw new PlatformError('bid.not_pdf')
    }
    // The bridge appends and never rewrites (ISO 32000 §7.5.6), so the published bytes are still there. What was appended
    // behind them is looked at by the verifier: it may be more than signatures.
    const published = documentOf(tender)
    if (!pdf.subarray(0, published.length).equals(published)) throw new PlatformError('bid.other_document')
    if (pdf.length === published.length) throw new PlatformError('bid.unsigned')
    const signature = await verifiers.bid(pdf, { published, now: now() })
    if (signature.certificateId !== bidder.certificateId) throw new PlatformError('bid.other_signer')
    // The bidder cancelled, or the connection broke: without a receipt there is no bid.
    if (response.closed) return
    const receipt = receipts.keep(
      {
        tenderId: tender.id,
        tenderNumber: tender.number,
        tenderTitle: tender.title,
        sha256: createHash('sha256').update(pdf).digest('hex'),
        size: pdf.length,
        signer: signature.signer,
        certificateId: signature.certificateId,
        certificateSerial: bidder.serial,
        signedAt: signature.signedAt,
        receivedAt: now().toISOString(),
      },
      pdf,
    )
    response.status(201).json({ receipt })
  })

  routes.get('/receipts', (request, response) => {
    response.json({ receipts: receipts.of(bidderOf(request).certificateId) })
  })

  routes.get('/receipts/:number/document', (request, response) => {
    const pdf = receipts.document(request.params.number, bidderOf(request).certificateId)
    if (!pdf) throw new PlatformError('request.not_found')
    sendPdf(response, pdf, `${request.params.number}.pdf`)
  })

  routes.use(errors)
  return routes
}
