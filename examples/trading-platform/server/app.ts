import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express'
import { bidRoutes, type BidPorts } from './bids.routes.ts'
import { loginRoutes, type LoginPorts } from './login.routes.ts'
import { pageRoutes } from './page.routes.ts'
import { PlatformError, bodyProblem } from './platform-error.ts'

export interface PlatformPorts extends LoginPorts, BidPorts {
  readonly sdkFile: string
  /** Told about every refusal and failure. */
  readonly report: (error: PlatformError) => void
}

/** The page may reach its own server and the bridge on loopback, nothing else; no inline script, no frame around it. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self' http://127.0.0.1:*",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const headers: RequestHandler = (_request, response, next) => {
  response.set({
    'Content-Security-Policy': contentSecurityPolicy,
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
    'Cross-Origin-Opener-Policy': 'same-origin',
  })
  next()
}

/** SameSite=Strict keeps other sites' requests without a session; this refuses them as well, before any handler. */
const ownPagesOnly =
  (origin: string): RequestHandler =>
  (request, _response, next) => {
    const isReading = request.method === 'GET' || request.method === 'HEAD'
    next(isReading || request.headers.origin === origin ? undefined : new PlatformError('session.origin'))
  }

const asPlatformError = (error: unknown): PlatformError => {
  if (error instanceof PlatformError) return error
  const problem = bodyProblem(error)
  if (problem === null) return new PlatformError('platform.failed', [], { cause: error })
  const code = problem === 'entity.too.large' ? 'request.too_large' : 'request.invalid'
  return new PlatformError(code, [], { cause: error })
}

const errors =
  (report: PlatformPorts['report']): ErrorRequestHandler =>
  (error, _request, response, _next) => {
    const refusal = asPlatformError(error)
    report(refusal)
    const { code, message, findings } = refusal
    response.status(refusal.status).json({ error: { code, message, findings } })
  }

export const createPlatform = (ports: PlatformPorts): Express => {
  const app = express()
  app.disable('x-powered-by')
  app.use(headers)
  app.use(pageRoutes(ports.sdkFile))
  app.use('/api', ownPagesOnly(ports.origin), (_request, response, next) => {
    response.set('Cache-Control', 'no-store')
    next()
  })
  app.use('/api', loginRoutes(ports), bidRoutes(ports))
  app.use((_request, _response, next) => next(new PlatformError('request.not_found')))
  app.use(errors(ports.report))
  return app
}
