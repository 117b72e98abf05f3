import type { Request } from 'express'
import { AppError } from '#contract/errors.ts'
import type { BridgeGrant, BridgePorts } from '../ports.ts'

/** RFC 6750 §2.1. */
const bearer = /^Bearer ([A-Za-z0-9._~+/-]{1,512}=*)$/

/** R9: the port checks that token and origin belong together; the comparison here holds even if it did not. */
export const authorize = (grants: BridgePorts['grants'], req: Request, origin: string): BridgeGrant => {
  const token = bearer.exec(req.headers.authorization ?? '')?.[1]
  if (token === undefined) throw new AppError('grant.missing')
  const grant = grants.check(token, origin)
  if (grant.origin !== origin) throw new AppError('grant.missing')
  return grant
}

/** For streams that outlive the check: false once the grant was revoked or has run out. */
export const isStillAuthorized = (grants: BridgePorts['grants'], req: Request, origin: string): boolean => {
  try {
    authorize(grants, req, origin)
    return true
  } catch (error) {
    if (error instanceof AppError) return false
    throw error
  }
}
