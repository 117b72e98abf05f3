import { createServer as createHttpServer, type Server } from 'node:http'
import express, { type ErrorRequestHandler, type Express } from 'express'
import { AppError } from '#contract/errors.ts'
import { createHandlers } from './handlers.ts'
import { createCallerCheck } from './http/caller.ts'
import { lookUpCallerOf } from './http/caller-platform.ts'
import { sendJson, type Exchange, type Middleware } from './http/exchange.ts'
import { createGuard } from './http/guard.ts'
import { answerBrokenRequest } from './http/broken-request.ts'
import { createRoutes } from './http/routes.ts'
import { serveSdk } from './http/sdk-file.ts'
import { listenOnLoopback, type Listening } from './listen.ts'
import { toSettings, type BridgeOptions } from './options.ts'
import { requestError, toProblem } from './problems.ts'
import type { BridgePorts } from './ports.ts'

export interface Bridge {
  /** Throws bridge.ports_taken. */
  readonly listen: () => Promise<{ readonly port: number }>
  /** Ends every connection, event streams included. */
  readonly close: () => Promise<void>
  readonly app: Express
}

/** The localhost API for trading platforms. Nothing is bound before `listen`. */
export const createBridge = (ports: BridgePorts, options: BridgeOptions = {}): Bridge => {
  const settings = toSettings(options)
  const { limits } = settings
  const callers = createCallerCheck(options.lookUpCaller ?? lookUpCallerOf(process.platform), (error) =>
    ports.log.warn({ err: error }, 'the owner of a connection could not be looked up'),
  )
  const { handlers, close: closeHandlers } = createHandlers(ports, settings)

  const app = express()
  app.disable('x-powered-by').disable('etag').enable('case sensitive routing').enable('strict routing')
  app.set('query parser', 'simple')
  app.use(createGuard(settings, callers))
  serveSdk(app, settings.sdkFile)
  createRoutes(ports, limits, handlers)(app)
  app.use(nothingHere)
  app.use(createErrorHandler(ports))

  const createServer = (): Server => {
    const server = createHttpServer(
      {
        // A missing Host is answered here, with 421 like any other Host that is not ours (R2).
        requireHostHeader: false,
        maxHeaderSize: limits.maxHeaderBytes,
        headersTimeout: limits.headersTimeoutMs,
        // Bodies have limits of their own: a large document takes its time.
        requestTimeout: 0,
        keepAliveTimeout: 65_000,
        connectionsCheckingInterval: Math.min(limits.headersTimeoutMs, 5_000),
        noDelay: true,
      },
      app,
    )
    server.maxConnections = limits.maxConnections
    // `100 Continue` is sent only after the checks, right before the body is read; browsers never ask for it. Any other
    // expectation gets Node's 417 (RFC 9110 §10.1.1).
    server.on('checkContinue', app)
    server.on('clientError', answerBrokenRequest)
    return server
  }

  let listening: Listening | null = null
  return {
    app,
    listen: async () => {
      if (listening !== null) return { port: listening.port }
      listening = await listenOnLoopback(createServer, settings.ports)
      for (const server of listening.servers) {
        // No descriptors left, for example: the connection is lost, the program is not.
        server.on('error', (error) => ports.log.error({ err: error }, 'the bridge could not take a connection'))
      }
      ports.log.info({ port: listening.port, addresses: listening.servers.length }, 'the bridge is listening')
      return { port: listening.port }
    },
    close: async () => {
      closeHandlers()
      const servers = listening?.servers ?? []
      listening = null
      await Promise.all(servers.map(closeServer))
    },
  }
}

const closeServer = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })

const nothingHere: Middleware = () => {
  throw new AppError('request.not_found')
}

const createErrorHandler =
  (ports: BridgePorts): ErrorRequestHandler =>
  (thrown: unknown, req, response, _next) => {
    const res = response as unknown as Exchange
    const error = requestError(thrown)
    const { traceId } = res.locals
    const details = { traceId, code: error.code, method: req.method, details: error.details }
    if (error.definition.status >= 500) ports.log.error({ ...details, err: error.cause }, 'a request failed')
    else ports.log.info(details, 'a request was refused')
    if (res.headersSent) {
      res.destroy()
      return
    }
    // What is left of a refused body is not read: the connection ends with the answer.
    if (!req.complete) res.setHeader('Connection', 'close')
    res.removeHeader('Content-Disposition')
    sendJson(res, error.definition.status, toProblem(error, traceId), 'application/problem+json')
  }
