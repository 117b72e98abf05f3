import { randomUUID } from 'node:crypto'
import { performance } from 'node:perf_hooks'
import type { Request } from 'express'
import { AppError } from '#contract/errors.ts'
import type { BridgeSettings } from '../options.ts'
import type { CallerVerdict, createCallerCheck } from './caller.ts'
import type { Exchange, Middleware } from './exchange.ts'
import { isHostAccepted } from './host.ts'
import { isOriginAccepted, originIssue } from './origin.ts'
import { createTokenBuckets } from './token-bucket.ts'

/** Without Origin these answer too; they say nothing about user, keys or device (R8). */
const openPaths = new Set(['/health', '/openapi.json', '/sdk.js'])
const methods = new Set(['GET', 'POST', 'DELETE', 'OPTIONS'])

const nothing = () => undefined

const pathOf = (req: Request): string => {
  const end = req.url.indexOf('?')
  return end < 0 ? req.url : req.url.slice(0, end)
}

/**
 * The first thing every request meets, in this order: Host (R2), the caller's user (R7), method, Origin (R3) and its CORS
 * headers (R4), rate and concurrency (R6). What fails here has touched no handler, no body and no port.
 */
export const createGuard = (settings: BridgeSettings, callers: ReturnType<typeof createCallerCheck>): Middleware => {
  const { limits } = settings
  const buckets = createTokenBuckets(limits.requestsPerSecond, limits.burst)
  let serving = 0

  const checkOrigin = (req: Request, res: Exchange): string | null => {
    const { origin } = req.headers
    if (origin === undefined && openPaths.has(pathOf(req))) return null
    if (origin === undefined || !isOriginAccepted(origin, settings.allowLoopbackOrigins)) {
      throw new AppError('request.origin_refused', { issue: originIssue(origin) })
    }
    // R4: this one origin, no credentials; `Vary` stands on every answer, also on those without Origin.
    res.setHeader('Access-Control-Allow-Origin', origin)
    res.setHeader('Access-Control-Expose-Headers', 'X-Request-Id, Retry-After, Preference-Applied, Content-Disposition')
    return origin
  }

  const checkRate = (res: Exchange, origin: string | null): void => {
    const waitMs = buckets.take(origin ?? '', performance.now())
    if (waitMs > 0) {
      res.setHeader('Retry-After', Math.ceil(waitMs / 1000))
      throw new AppError('request.too_many', { limit: 'rate' })
    }
    if (serving >= limits.maxConcurrent) {
      res.setHeader('Retry-After', 1)
      throw new AppError('request.too_many', { limit: 'concurrency' })
    }
  }

  const checkCaller = (verdict: CallerVerdict): void => {
    if (verdict === 'other_user') throw new AppError('request.caller_refused')
  }

  const admit = (req: Request, res: Exchange): void => {
    if (!methods.has(req.method)) throw new AppError('request.method_refused')
    const origin = checkOrigin(req, res)
    res.locals.origin = origin
    checkRate(res, origin)
    serving += 1
    let isServing = true
    res.locals.release = () => {
      if (isServing) serving -= 1
      isServing = false
    }
    res.once('close', res.locals.release)
  }

  return (req, res, next) => {
    const traceId = randomUUID()
    res.locals.traceId = traceId
    res.setHeader('X-Request-Id', traceId)
    res.locals.origin = null
    res.locals.release = nothing
    res.setHeader('Vary', 'Origin')
    res.setHeader('Cache-Control', 'no-store')
    res.setHeader('X-Content-Type-Options', 'nosniff')
    res.setHeader('Cross-Origin-Resource-Policy', 'same-origin')
    if (!isHostAccepted(req)) throw new AppError('request.host_refused')
    const verdict = callers.known(req.socket)
    if (verdict !== undefined) {
      checkCaller(verdict)
      admit(req, res)
      next()
      return
    }
    return callers.find(req.socket).then((found) => {
      // Hung up in the meantime: `close` has been told already, and nothing would give its place back.
      if (res.closed) return
      checkCaller(found)
      admit(req, res)
      next()
    })
  }
}
