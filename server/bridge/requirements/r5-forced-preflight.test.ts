import { describe, expect, test } from 'vitest'
import { codeOf, grantRequest, oneMessage, startBridge, type Ask } from '../testing/harness.ts'

const json = JSON.stringify(grantRequest)

/** What a page can send without asking first: the safelist of Fetch §2.2.2 and the loads of HTML. */
const refused: Record<string, { ask: Ask; code: string; method?: string; path?: string }> = {
  'a form': {
    ask: { bytes: 'a=b', headers: { 'content-type': 'application/x-www-form-urlencoded', 'x-bridge': '' } },
    code: 'request.header_missing',
  },
  'JSON as text/plain': {
    ask: { bytes: json, headers: { 'content-type': 'text/plain', 'x-bridge': '' } },
    code: 'request.header_missing',
  },
  multipart: {
    ask: { bytes: json, headers: { 'content-type': 'multipart/form-data; boundary=x', 'x-bridge': '' } },
    code: 'request.header_missing',
  },
  'a beacon': {
    ask: { bytes: json, headers: { 'x-bridge': '', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'empty' } },
    code: 'request.origin_refused',
  },
  'a form with our header': {
    ask: { bytes: 'a=b', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
    code: 'request.type_refused',
  },
  'text/plain with our header': {
    ask: { bytes: json, headers: { 'content-type': 'text/plain' } },
    code: 'request.type_refused',
  },
  'JSON hidden behind text/plain': {
    ask: { bytes: json, headers: { 'content-type': 'text/plain; application/json' } },
    code: 'request.type_refused',
  },
  'a body without type': { ask: { bytes: json }, code: 'request.type_refused' },
  'another header value': {
    ask: { body: grantRequest, headers: { 'x-bridge': 'true' } },
    code: 'request.header_missing',
  },
  'a navigation': {
    ask: { body: grantRequest, headers: { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' } },
    code: 'request.origin_refused',
  },
  'a frame': {
    ask: { body: grantRequest, headers: { 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'iframe' } },
    code: 'request.origin_refused',
  },
  'an image': {
    method: 'GET',
    path: '/v1/certificates',
    ask: { headers: { 'x-bridge': '', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' } },
    code: 'request.origin_refused',
  },
  'a script': {
    method: 'GET',
    path: '/v1/certificates',
    ask: { headers: { 'x-bridge': '', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'script' } },
    code: 'request.origin_refused',
  },
  'a GET with a body': {
    method: 'GET',
    path: '/v1/certificates',
    ask: { body: oneMessage },
    code: 'request.type_refused',
  },
  'a GET with a method override': {
    method: 'GET',
    path: '/v1/grants',
    ask: { headers: { 'x-http-method-override': 'POST' } },
    code: 'request.method_refused',
  },
  'a document as a form': {
    path: '/v1/documents',
    ask: { bytes: '%PDF-1.7', headers: { 'content-type': 'multipart/form-data; boundary=x' } },
    code: 'request.type_refused',
  },
  'a health image': {
    method: 'GET',
    path: '/health',
    ask: { headers: { 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' } },
    code: 'request.origin_refused',
  },
}

describe('R5 forced preflight', () => {
  for (const [name, { ask, code, method = 'POST', path = '/v1/grants' }] of Object.entries(refused)) {
    test(`fail/${name} is refused without effect`, async () => {
      const { send, fake, grant } = await startBridge()
      const answer = await send(method, path, { token: grant(['sign']), ...ask })
      expect(codeOf(answer)).toBe(code)
      expect([fake.operations.size, fake.state.portCalls, fake.documents.size]).toEqual([0, 0, 0])
    })
  }

  test('ok/a fetch of a page with Sec-Fetch headers passes', async () => {
    const { send } = await startBridge()
    const headers = { 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty', 'sec-fetch-site': 'cross-site' }
    expect((await send('POST', '/v1/grants', { body: grantRequest, headers })).status).toBe(202)
  })

  test('ok/the charset of JSON may be named', async () => {
    const { send } = await startBridge()
    const headers = { 'content-type': 'application/json; charset=utf-8' }
    expect((await send('POST', '/v1/grants', { bytes: json, headers })).status).toBe(202)
  })
})
