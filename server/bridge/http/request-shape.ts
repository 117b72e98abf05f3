import type { Request } from 'express'
import type { BridgeBody } from '#contract/bridge-routes.ts'
import { AppError } from '#contract/errors.ts'
import { hasBody } from './exchange.ts'

const json = /^application\/json(?:; ?charset=utf-8)?$/i
const documentTypes = new Set(['application/pdf', 'application/octet-stream'])

const expected: Record<BridgeBody, string> = {
  none: 'no body',
  json: 'application/json',
  document: [...documentTypes].join(', '),
}
const refusedType = (bodyKind: BridgeBody) => new AppError('request.type_refused', { expected: expected[bodyKind] })

/**
 * R5. What a page can send without a preflight (forms, text/plain, multipart, beacons, images, scripts, navigation, no-cors
 * fetches) never has this shape: a header of our own and a content type outside the safelist of Fetch §2.2.2. The Sec-Fetch
 * headers (W3C Fetch Metadata) say the same a second time; not every browser and no tool sends them.
 */
export const checkShape = (req: Request, bodyKind: BridgeBody): void => {
  checkFetchMetadata(req)
  if (req.headers['x-bridge'] !== '1') throw new AppError('request.header_missing', { header: 'X-Bridge' })
  const type = req.headers['content-type']
  if (bodyKind === 'none') {
    if (hasBody(req)) throw refusedType('none')
    return
  }
  const isAccepted = type !== undefined && (bodyKind === 'json' ? json.test(type) : documentTypes.has(type))
  if (!isAccepted) throw refusedType(bodyKind)
}

const checkFetchMetadata = (req: Request): void => {
  const { 'sec-fetch-mode': mode, 'sec-fetch-dest': destination } = req.headers
  if (mode !== undefined && mode !== 'cors') throw new AppError('request.origin_refused', { issue: 'not_a_fetch' })
  if (destination !== undefined && destination !== 'empty')
    throw new AppError('request.origin_refused', { issue: 'not_a_fetch' })
}

/** The open pages: everything but a no-cors load, through which a page could feel for the client without being seen. */
export const checkOpenShape = (req: Request): void => {
  if (req.headers['sec-fetch-mode'] === 'no-cors')
    throw new AppError('request.origin_refused', { issue: 'not_a_fetch' })
  if (hasBody(req)) throw refusedType('none')
}
