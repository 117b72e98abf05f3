import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createPlatform } from './app.ts'
import { PlatformError } from './platform-error.ts'
import { openReceipts } from './receipts.ts'
import { createSessions } from './sessions.ts'
import { documentOf, tenders } from './tenders.ts'
import type { BidSignature, LoginProof, Verifiers } from './verifiers.ts'

const proof: LoginProof = {
  certificateId: 'a'.repeat(64),
  name: '张三',
  organization: '华北建设工程有限公司',
  serial: '01',
}
const signature: BidSignature = {
  certificateId: proof.certificateId,
  signer: '张三',
  signedAt: '2026-11-23T09:00:00.000Z',
}
const [open, , closed] = tenders
const published = documentOf(open!)
const signed = Buffer.concat([published, Buffer.from('an incremental update')])

let folder: string
let server: Server
let origin: string
let now: number
let cookie: string
let seenChallenge: Buffer | null
let verifiers: Verifiers

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'platform-'))
  writeFileSync(path.join(folder, 'sdk.js'), 'export const sdk = 1')
  now = Date.now()
  cookie = ''
  seenChallenge = null
  verifiers = {
    login: async (_token, { challenge }) => {
      seenChallenge = challenge
      return proof
    },
    bid: async () => signature,
  }
  server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const app = createPlatform({
    origin,
    systemCode: 'HDJY-DEMO-01',
    bridgePorts: null,
    sessions: createSessions(false, () => now),
    verifiers: { login: (...input) => verifiers.login(...input), bid: (...input) => verifiers.bid(...input) },
    receipts: openReceipts(path.join(folder, 'bids')),
    sdkFile: path.join(folder, 'sdk.js'),
    now: () => new Date(now),
    report: () => undefined,
  })
  server.on('request', app)
})
afterEach(() => {
  server.close()
  server.closeAllConnections()
  rmSync(folder, { recursive: true, force: true })
})

/** As the platform's own page in one browser. */
const ask = async (method: string, address: string, init: RequestInit = {}): Promise<Response> => {
  const headers = new Headers(init.headers)
  if (method === 'POST' && !headers.has('Origin')) headers.set('Origin', origin)
  if (cookie !== '') headers.set('Cookie', cookie)
  const response = await fetch(`${origin}${address}`, { ...init, method, headers })
  const set = response.headers.get('set-cookie')
  if (set) cookie = set.split(';')[0] ?? ''
  return response
}
const codeOf = async (response: Response): Promise<string> =>
  ((await response.json()) as { error: { code: string } }).error.code
const sendToken = (): Promise<Response> =>
  ask('POST', '/api/login', {
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ loginToken: 'token' }),
  })
const logIn = async (): Promise<void> => {
  await ask('POST', '/api/login/challenge')
  await sendToken()
}
const bid = (body: Buffer, tender = open!): Promise<Response> =>
  ask('POST', `/api/tenders/${tender.id}/bids`, {
    headers: { 'Content-Type': 'application/pdf' },
    body: new Uint8Array(body),
  })

describe('login', () => {
  test('the challenge that the server drew is the one that is checked, 32 bytes', async () => {
    const { challenge } = (await (await ask('POST', '/api/login/challenge')).json()) as { challenge: string }
    expect((await sendToken()).status).toBe(200)
    expect(Buffer.from(challenge, 'base64')).toEqual(seenChallenge)
    expect(seenChallenge).toHaveLength(32)
  })

  test('a challenge works once, also when the first try failed', async () => {
    await ask('POST', '/api/login/challenge')
    verifiers = { ...verifiers, login: () => Promise.reject(new PlatformError('login.refused')) }
    expect(await codeOf(await sendToken())).toBe('login.refused')
    verifiers = { ...verifiers, login: async () => proof }
    expect(await codeOf(await sendToken())).toBe('challenge.missing')
  })

  test('a challenge is gone after two minutes', async () => {
    await ask('POST', '/api/login/challenge')
    now += 2 * 60_000
    expect(await codeOf(await sendToken())).toBe('challenge.missing')
  })

  test('a token without a session of this browser is refused', async () => {
    await ask('POST', '/api/login/challenge')
    cookie = ''
    expect(await codeOf(await sendToken())).toBe('challenge.missing')
  })

  test('the session gets a new id at login, unreadable for scripts and for this site only', async () => {
    await ask('POST', '/api/login/challenge')
    const before = cookie
    const response = await sendToken()
    expect(cookie).not.toBe(before)
    expect(response.headers.get('set-cookie')).toMatch(/HttpOnly; SameSite=Strict/)
  })

  test('a login body over 64 KiB is refused as that, one just under it is looked at', async () => {
    const send = (length: number) => {
      const body = JSON.stringify({ loginToken: 'a'.repeat(length) })
      return ask('POST', '/api/login', { headers: { 'Content-Type': 'application/json' }, body })
    }
    await ask('POST', '/api/login/challenge')
    expect(await codeOf(await send(64 * 1024))).toBe('request.too_large')
    expect((await send(64 * 1024 - 20)).status).toBe(200)
  })

  test("another site's page is refused", async () => {
    const response = await ask('POST', '/api/login/challenge', { headers: { Origin: 'https://evil.example' } })
    expect([response.status, await codeOf(response)]).toEqual([403, 'session.origin'])
  })
})

describe('bids', () => {
  test('a bid signed by the person who logged in is accepted with a receipt, and can be fetched again', async () => {
    await logIn()
    const response = await bid(signed)
    expect(response.status).toBe(201)
    const { receipt } = (await response.json()) as { receipt: { number: string; sha256: string; signer: string } }
    expect(receipt).toMatchObject({ signer: '张三', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string })
    const again = await ask('GET', `/api/receipts/${receipt.number}/document`)
    expect(Buffer.from(await again.arrayBuffer()).equals(signed)).toBe(true)
  })

  test.each([
    ['fail/unsigned', (): Buffer => published, 'bid.unsigned'],
    ['fail/no PDF', (): Buffer => Buffer.from('hello'), 'bid.not_pdf'],
    ['fail/another document', (): Buffer => documentOf(tenders[1]!), 'bid.other_document'],
    ['fail/one byte changed', (): Buffer => Buffer.from(signed).fill('x', 5000, 5001), 'bid.other_document'],
  ])('%s', async (_name, body, code) => {
    await logIn()
    expect(await codeOf(await bid(body()))).toBe(code)
  })

  test('a bid signed with another certificate than the login is refused', async () => {
    await logIn()
    verifiers = { ...verifiers, bid: async () => ({ ...signature, certificateId: 'b'.repeat(64) }) }
    expect(await codeOf(await bid(Buffer.concat([published, Buffer.from('update')])))).toBe('bid.other_signer')
  })

  test('what the verification finds reaches the bidder as its own sentence', async () => {
    await logIn()
    verifiers = { ...verifiers, bid: () => Promise.reject(new PlatformError('bid.tampered', ['digest'])) }
    const response = await bid(Buffer.concat([published, Buffer.from('update')]))
    expect(await response.json()).toEqual({
      error: { code: 'bid.tampered', message: expect.stringContaining('改动') as string, findings: ['digest'] },
    })
  })

  test('nothing is given out or taken without a login', async () => {
    expect(await codeOf(await ask('GET', `/api/tenders/${open!.id}/document`))).toBe('session.missing')
    expect(await codeOf(await bid(published))).toBe('session.missing')
    expect(await codeOf(await ask('GET', '/api/receipts'))).toBe('session.missing')
  })

  test('a tender past its deadline takes no bid', async () => {
    await logIn()
    expect(await codeOf(await bid(published, closed))).toBe('tender.closed')
  })

  test('a body over 20 MB is refused', async () => {
    await logIn()
    expect(await codeOf(await bid(Buffer.alloc(20 * 1024 * 1024 + 1)))).toBe('bid.too_large')
  })
})

describe('page', () => {
  test('TypeScript is served as JavaScript, under a policy without inline scripts', async () => {
    const page = await ask('GET', '/')
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self'")
    expect(await page.text()).not.toMatch(/<script(?![^>]*\bsrc=)/)
    const script = await ask('GET', '/api.ts')
    expect(script.headers.get('content-type')).toMatch(/^text\/javascript/)
    expect(await script.text()).not.toContain('interface Bidder')
    expect(await (await ask('GET', '/sdk.js')).text()).toContain('export const sdk')
  })
})
