import { describe, expect, test } from 'vitest'
import type { Problem } from '#contract/operations.ts'
import { oneMessage, origin, startBridge, type Ask } from '../testing/harness.ts'

const scopes = (...wanted: string[]): Ask => ({ body: { scopes: wanted, systemCode: 'TEST-01' } })
const pin = '13572468'

/** Path (POST; health: GET), request, code and details of the answer. */
const refused: Record<string, [string, Ask, string, Problem['details']]> = {
  'no Origin': ['/v1/grants', { origin: null }, 'request.origin_refused', { issue: 'missing' }],
  'a page over http': [
    '/health',
    { origin: 'http://127.0.0.1:5173' },
    'request.origin_refused',
    { issue: 'not_https' },
  ],
  'the origin null': ['/health', { origin: 'null' }, 'request.origin_refused', { issue: 'malformed' }],
  'an address for a name': [
    '/health',
    { origin: 'https://10.0.0.1' },
    'request.origin_refused',
    { issue: 'malformed' },
  ],
  'a load that is no fetch': [
    '/health',
    { headers: { 'sec-fetch-mode': 'no-cors' } },
    'request.origin_refused',
    { issue: 'not_a_fetch' },
  ],
  'JSON as text': [
    '/v1/grants',
    { bytes: '{}', headers: { 'content-type': 'text/plain' } },
    'request.type_refused',
    { expected: 'application/json' },
  ],
  'a document as a form': [
    '/v1/documents?name=a.pdf',
    { bytes: 'x', headers: { 'content-type': 'multipart/form-data; boundary=x' } },
    'request.type_refused',
    { expected: 'application/pdf, application/octet-stream' },
  ],
  'a body for health': ['/health', { body: {} }, 'request.type_refused', { expected: 'no body' }],
  'an unknown scope': [
    '/v1/grants',
    scopes('login', 'sing'),
    'request.invalid',
    {
      field: 'body.scopes.1',
      issue: 'invalid_value',
      allowed: 'login, sign, seal, encrypt, decrypt, verify',
    },
  ],
  'a scope that nothing uses yet': [
    '/v1/grants',
    scopes('login', 'decrypt'),
    'request.invalid',
    { field: 'body.scopes.1', issue: 'scope_reserved', allowed: 'login, sign, seal, verify' },
  ],
  'an unknown field': [
    '/v1/messages/sign',
    { body: { ...oneMessage, detached: pin } },
    'request.invalid',
    { field: 'body', issue: 'unrecognized_keys', key: 'detached' },
  ],
  'a field whose name is a value': [
    '/v1/messages/sign',
    { body: { ...oneMessage, [pin]: true } },
    'request.invalid',
    { field: 'body', issue: 'unrecognized_keys' },
  ],
  'a field whose name is too long to repeat': [
    '/v1/messages/sign',
    { body: { ...oneMessage, ['a'.repeat(41)]: true } },
    'request.invalid',
    { field: 'body', issue: 'unrecognized_keys' },
  ],
  'a query where there is none': [
    '/v1/messages/sign?wait=60',
    { body: oneMessage },
    'request.invalid',
    { field: 'query', issue: 'unrecognized_keys', key: 'wait' },
  ],
}

describe('a refusal tells the next step and repeats no value', () => {
  for (const [name, [path, ask, code, details]] of Object.entries(refused)) {
    test(name, async () => {
      const { send, grant, fake } = await startBridge()
      const method = path === '/health' ? 'GET' : 'POST'
      const { json, text } = await send(method, path, { token: grant(['sign'], origin), ...ask })
      expect(json).toMatchObject({ code })
      expect((json as Problem).details).toEqual(details)
      expect(text + JSON.stringify(fake.logged)).not.toContain(pin)
      expect(fake.operations.size).toBe(0)
    })
  }
})
