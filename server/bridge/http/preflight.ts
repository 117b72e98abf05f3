import { AppError } from '#contract/errors.ts'
import { sendNothing, type Middleware } from './exchange.ts'

const allowedHeaders = ['authorization', 'content-type', 'prefer', 'x-bridge'] as const
const isAllowedHeader = (name: string): boolean => allowedHeaders.some((allowed) => allowed === name)

/** R4. CORS preflight (Fetch §4.8) for one path. The guard has already checked and echoed the origin. */
export const answerPreflight = (methods: readonly string[]): Middleware => {
  const allowedMethods = methods.join(', ')
  return (req, res) => {
    const method = req.headers['access-control-request-method']
    if (res.locals.origin === null) throw new AppError('request.origin_refused', { issue: 'missing' })
    if (method === undefined) throw new AppError('request.origin_refused', { issue: 'no_preflight' })
    if (!methods.includes(method)) throw new AppError('request.method_refused')
    const asked = req.headers['access-control-request-headers']
    for (const name of asked?.split(',') ?? []) {
      if (!isAllowedHeader(name.trim().toLowerCase()))
        throw new AppError('request.origin_refused', { issue: 'header', allowed: allowedHeaders.join(', ') })
    }
    res.setHeader('Access-Control-Allow-Methods', allowedMethods)
    res.setHeader('Access-Control-Allow-Headers', allowedHeaders.join(', '))
    res.setHeader('Access-Control-Max-Age', '600')
    // Private Network Access of Chrome before 142 asked for it; newer browsers ask the person instead and ignore it.
    if (req.headers['access-control-request-private-network'] === 'true') {
      res.setHeader('Access-Control-Allow-Private-Network', 'true')
    }
    sendNothing(res)
  }
}
