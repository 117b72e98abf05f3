import { randomBytes } from 'node:crypto'
import type { Request, Response } from 'express'
import type { Bidder } from '../answers.ts'

export interface Session {
  readonly id: string
  /** Drawn for one login attempt, taken out when it is used. */
  challenge: { readonly bytes: Buffer; readonly expiresAt: number } | null
  bidder: Bidder | null
  usedAt: number
}

export interface Sessions {
  readonly of: (request: Request) => Session | null
  /** A new session with a new id; an id that was known before a login is never raised to a logged-in one. */
  readonly begin: (response: Response, previous: Session | null) => Session
  readonly end: (response: Response, session: Session) => void
  readonly drawChallenge: (session: Session) => Buffer
  readonly takeChallenge: (session: Session) => Buffer | null
}

const COOKIE = 'platform_session'
const IDLE_MS = 30 * 60_000
const CHALLENGE_MS = 2 * 60_000
const CHALLENGE_BYTES = 32

const cookieOf = (request: Request): string | null =>
  new RegExp(`(?:^|;\\s*)${COOKIE}=([A-Za-z0-9_-]{43})(?:;|$)`).exec(request.headers.cookie ?? '')?.[1] ?? null

/** Sessions in memory: the cookie is the key to one, unreadable for scripts and never sent by another site's page. */
export const createSessions = (isSecure: boolean, now: () => number = Date.now): Sessions => {
  const sessions = new Map<string, Session>()
  const cookie = { httpOnly: true, sameSite: 'strict', secure: isSecure, path: '/' } as const
  const sweep = (): void => {
    for (const session of sessions.values()) if (now() - session.usedAt > IDLE_MS) sessions.delete(session.id)
  }
  return {
    of: (request) => {
      sweep()
      const session = sessions.get(cookieOf(request) ?? '') ?? null
      if (session) session.usedAt = now()
      return session
    },
    begin: (response, previous) => {
      if (previous) sessions.delete(previous.id)
      const id = randomBytes(32).toString('base64url')
      const session: Session = { id, challenge: null, bidder: null, usedAt: now() }
      sessions.set(id, session)
      response.cookie(COOKIE, id, cookie)
      return session
    },
    end: (response, session) => {
      sessions.delete(session.id)
      response.clearCookie(COOKIE, cookie)
    },
    drawChallenge: (session) => {
      const bytes = randomBytes(CHALLENGE_BYTES)
      session.challenge = { bytes, expiresAt: now() + CHALLENGE_MS }
      return bytes
    },
    takeChallenge: (session) => {
      const { challenge } = session
      session.challenge = null
      return challenge && challenge.expiresAt > now() ? challenge.bytes : null
    },
  }
}
