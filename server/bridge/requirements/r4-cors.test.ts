import { describe, expect, test } from 'vitest'
import { codeOf, grantRequest, origin, startBridge } from '../testing/harness.ts'

const preflight = (headers: Record<string, string> = {}) => ({
  headers: { 'x-bridge': '', 'access-control-request-method': 'POST', ...headers },
})

describe('R4 CORS without wildcard and credentials', () => {
  test('every answer names exactly the calling origin and varies by it', async () => {
    const { send, grant } = await startBridge()
    const answers = [
      await send('GET', '/health'),
      await send('GET', '/openapi.json'),
      await send('GET', '/v1/certificates'),
      await send('GET', '/v1/certificates', { token: grant(['sign']) }),
      await send('POST', '/v1/grants', { body: {} }),
      await send('GET', '/v1/nothing'),
      await send('OPTIONS', '/v1/grants', preflight()),
    ]
    for (const { headers } of answers) {
      expect(headers['access-control-allow-origin']).toBe(origin)
      expect(headers['access-control-allow-credentials']).toBeUndefined()
      expect(headers.vary).toBe('Origin')
      expect(headers['set-cookie']).toBeUndefined()
    }
  })

  test('an answer without Origin varies too and allows nobody', async () => {
    const { send } = await startBridge()
    const { headers } = await send('GET', '/health', { origin: null })
    expect(headers.vary).toBe('Origin')
    expect(headers['access-control-allow-origin']).toBeUndefined()
  })

  test('ok/a preflight with our headers passes', async () => {
    const { send } = await startBridge()
    const asked = { 'access-control-request-headers': 'authorization,content-type,prefer,x-bridge' }
    const answer = await send('OPTIONS', '/v1/grants', preflight(asked))
    expect(answer.status).toBe(204)
    expect(answer.headers['access-control-allow-methods']).toBe('POST')
    expect(answer.headers['access-control-allow-headers']).toBe('authorization, content-type, prefer, x-bridge')
    expect(answer.headers['access-control-allow-private-network']).toBeUndefined()
  })

  test('ok/Private Network Access of older Chrome is answered when it asks', async () => {
    const { send } = await startBridge()
    const answer = await send('OPTIONS', '/v1/grants', preflight({ 'access-control-request-private-network': 'true' }))
    expect(answer.headers['access-control-allow-private-network']).toBe('true')
  })

  const refusedPreflights: Record<
    string,
    { path: string; origin?: string; headers: Record<string, string>; code: string }
  > = {
    'a method of another path': {
      path: '/v1/grants',
      headers: { 'access-control-request-method': 'PUT' },
      code: 'request.method_refused',
    },
    'a header that is not ours': {
      path: '/v1/grants',
      headers: { 'access-control-request-headers': 'x-bridge,x-evil' },
      code: 'request.origin_refused',
    },
    'an unknown path': { path: '/v1/nothing', headers: {}, code: 'request.not_found' },
    'a foreign origin': { path: '/v1/grants', origin: 'null', headers: {}, code: 'request.origin_refused' },
    'no method named': {
      path: '/v1/grants',
      headers: { 'access-control-request-method': '' },
      code: 'request.origin_refused',
    },
  }
  for (const [name, { path, headers, code, ...rest }] of Object.entries(refusedPreflights)) {
    test(`fail/a preflight for ${name} gets no permission`, async () => {
      const { send } = await startBridge()
      const answer = await send('OPTIONS', path, { ...rest, ...preflight(headers) })
      expect(codeOf(answer)).toBe(code)
      expect(answer.headers['access-control-allow-methods']).toBeUndefined()
      expect(answer.headers['access-control-allow-headers']).toBeUndefined()
    })
  }

  test('fail/a foreign request is refused and has no effect, not merely left without headers', async () => {
    const { send, fake, grant } = await startBridge()
    const token = grant(['login', 'sign', 'seal', 'verify'])
    const answers = [
      await send('POST', '/v1/grants', { origin: 'http://evil.example', body: grantRequest }),
      await send('DELETE', '/v1/grants/current', { origin: 'http://evil.example', token }),
      await send('GET', '/v1/certificates', { origin: 'http://evil.example', token }),
      await send('POST', '/v1/messages/sign', { origin: 'null', token, body: { messages: [{ content: 'AAAA' }] } }),
    ]
    for (const answer of answers) {
      expect([answer.status, codeOf(answer)]).toEqual([403, 'request.origin_refused'])
      expect(answer.headers['access-control-allow-origin']).toBeUndefined()
    }
    expect([fake.operations.size, fake.state.portCalls]).toEqual([0, 0])
    expect((await send('GET', '/v1/certificates', { token })).status).toBe(200)
  })
})
