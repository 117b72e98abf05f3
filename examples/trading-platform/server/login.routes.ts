import { Router, json } from 'express'
import * as z from 'zod'
import { PlatformError } from './platform-error.ts'
import type { Sessions } from './sessions.ts'
import type { Verifiers } from './verifiers.ts'

export interface LoginPorts {
  readonly sessions: Sessions
  readonly verifiers: Verifiers
  /** The origin of this platform's pages: the bridge writes the origin it saw into the token. */
  readonly origin: string
  /** 系统标识码: what the platform is registered under. */
  readonly systemCode: string
  /** Where the page looks for the client; null: at its usual ports. */
  readonly bridgePorts: readonly number[] | null
  readonly now: () => Date
}

const loginBody = z.strictObject({ loginToken: z.string() })

export const loginRoutes = (ports: LoginPorts): Router => {
  const { sessions, verifiers, origin, systemCode, bridgePorts, now } = ports
  const routes = Router()

  routes.get('/settings', (_request, response) => {
    response.json({ systemCode, bridgePorts })
  })

  routes.get('/session', (request, response) => {
    response.json({ bidder: sessions.of(request)?.bidder ?? null })
  })

  // Step 1: 32 random bytes, bound to this browser's session, good once and for two minutes.
  routes.post('/login/challenge', (request, response) => {
    const session = sessions.of(request) ?? sessions.begin(response, null)
    response.json({ challenge: sessions.drawChallenge(session).toString('base64') })
  })

  // Step 2: the token that the bridge made over origin + challenge + time with the key in the USB token.
  routes.post('/login', json({ limit: '64kb' }), async (request, response) => {
    const body = loginBody.safeParse(request.body)
    if (!body.success) throw new PlatformError('request.invalid')
    const session = sessions.of(request)
    // Taken out before the check: whatever the check says, this challenge has had its one use.
    const challenge = session && sessions.takeChallenge(session)
    if (!challenge) throw new PlatformError('challenge.missing')
    const proof = await verifiers.login(body.data.loginToken, { challenge, origin, now: now() })
    const { bidder } = Object.assign(sessions.begin(response, session), {
      bidder: { ...proof, since: now().toISOString() },
    })
    response.json({ bidder })
  })

  routes.post('/logout', (request, response) => {
    const session = sessions.of(request)
    if (session) sessions.end(response, session)
    response.status(204).end()
  })

  return routes
}
