import type { Express, Request } from 'express'
import type * as z from 'zod'
import { bridgeRoutes, type BridgeRoute, type BridgeRouteName } from '#contract/bridge-routes.ts'
import { AppError } from '#contract/errors.ts'
import type { Scope } from '#contract/operations.ts'
import type { BridgeLimits } from '../options.ts'
import type { BridgeGrant, BridgePorts } from '../ports.ts'
import { authorize } from './bearer.ts'
import { sendJson, sendNothing, type Exchange, type Middleware } from './exchange.ts'
import { invalidRequest, unknownQuery } from './invalid-request.ts'
import { readJson } from './json-body.ts'
import { answerPreflight } from './preflight.ts'
import { checkOpenShape, checkShape } from './request-shape.ts'

type Rows = typeof bridgeRoutes
type Parsed<Row, Part extends string> =
  Row extends Record<Part, infer Schema extends z.ZodType> ? z.output<Schema> : null
type GrantOf<Row> = Row extends { readonly grant: 'open' } ? null : BridgeGrant

/** A request whose every part was checked against its row of `bridgeRoutes`. */
export interface Call<Name extends BridgeRouteName> {
  readonly req: Request
  readonly res: Exchange
  /** Empty for a request without Origin, which only the open pages take. */
  readonly origin: string
  readonly grant: GrantOf<Rows[Name]>
  readonly params: Parsed<Rows[Name], 'params'>
  readonly query: Parsed<Rows[Name], 'query'>
  readonly body: Parsed<Rows[Name], 'body'>
}

/** What is returned is sent as the row says; a handler that answers by itself returns `answered`. */
export const answered = Symbol('answered')

export type Handlers = {
  readonly [Name in BridgeRouteName]: (call: Call<Name>) => unknown
}

/** The page may stop things and hear that the bridge is back while it is paused. */
const whilePaused = new Set<BridgeRouteName>([
  'getOperation',
  'cancelOperation',
  'operationEvents',
  'events',
  'dropGrant',
])

const parse = (schema: z.ZodType | undefined, value: unknown, part: string): unknown => {
  if (schema === undefined) {
    if (part === 'query' && Object.keys(value as object).length > 0) throw unknownQuery(value as object)
    return null
  }
  const result = schema.safeParse(value)
  if (result.success) return result.data
  throw invalidRequest(part, result.error.issues[0])
}

/** The one route whose scope depends on what is asked: a seal picture needs `seal`, an invisible signature `sign`. */
const scopeOf = (name: BridgeRouteName, route: BridgeRoute, body: unknown): Scope | null => {
  if (route.grant === 'open' || route.grant === 'any') return null
  const isInvisible = name === 'signDocument' && (body as { sealId?: string | null }).sealId === null
  return isInvisible ? 'sign' : route.grant
}

export const createRoutes = (ports: BridgePorts, limits: BridgeLimits, handlers: Handlers) => {
  const reply = (route: BridgeRoute, res: Exchange, result: unknown): void => {
    if (result === answered) return
    if (route.result === 'none') sendNothing(res)
    else sendJson(res, route.status, result)
  }

  const serve = (name: BridgeRouteName): Middleware => {
    const route: BridgeRoute = bridgeRoutes[name]
    const handler = handlers[name] as (call: unknown) => unknown
    if (!route.path.startsWith('/v1/')) {
      return async (req, res) => {
        checkOpenShape(req)
        reply(route, res, await handler({ req, res, origin: res.locals.origin ?? '' }))
      }
    }
    return async (req, res) => {
      const origin = res.locals.origin ?? ''
      checkShape(req, route.bodyKind)
      const grant = route.grant === 'open' ? null : authorize(ports.grants, req, origin)
      if (ports.isPaused() && !whilePaused.has(name)) throw new AppError('bridge.paused')
      const params = parse(route.params, req.params, 'path')
      const query = parse(route.query, req.query, 'query')
      const body = route.bodyKind === 'json' ? parse(route.body, await readJson(req, res, limits), 'body') : null
      const scope = scopeOf(name, route, body)
      if (scope !== null && grant?.scopes.includes(scope) !== true) throw new AppError('grant.scope_missing', { scope })
      reply(route, res, await handler({ req, res, origin, grant, params, query, body }))
    }
  }

  /** Every path of the table with its methods, its preflight and a 405 for the rest. */
  return (app: Express): void => {
    const methodsOf = new Map<string, string[]>()
    for (const name of Object.keys(bridgeRoutes) as BridgeRouteName[]) {
      const { method, path } = bridgeRoutes[name]
      methodsOf.set(path, [...(methodsOf.get(path) ?? []), method])
      app[lowerCase[method]](path, serve(name))
    }
    for (const [path, methods] of methodsOf) {
      app.options(path, answerPreflight(methods))
      app.all(path, (_req, res: Exchange) => {
        res.setHeader('Allow', [...methods, 'OPTIONS'].join(', '))
        throw new AppError('request.method_refused')
      })
    }
  }
}

const lowerCase = { GET: 'get', POST: 'post', DELETE: 'delete' } as const
