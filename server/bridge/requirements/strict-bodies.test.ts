import { describe, expect, test } from 'vitest'
import type { Problem } from '#contract/operations.ts'
import { challenge, codeOf, oneMessage, startBridge } from '../testing/harness.ts'

const document = `doc_${'a'.repeat(22)}`
const rectangle = { kind: 'rectangle', page: 1, x: 1, y: 1 }
const bytesOf = (length: number) => Buffer.alloc(length, 7).toString('base64')

const refuse = async (path: string, body: unknown) => {
  const { send, grant, fake } = await startBridge()
  const answer = await send('POST', path, { token: grant(['login', 'sign', 'seal', 'verify']), body })
  expect([answer.status, codeOf(answer)]).toEqual([400, 'request.invalid'])
  expect(fake.operations.size).toBe(0)
  return { answer, fake }
}

describe('the PIN is never a field of the API', () => {
  const bodies: Record<string, [string, unknown]> = {
    'of a grant': ['/v1/grants', { scopes: ['sign'], systemCode: 'TEST-01', pin: '13572468' }],
    'of a login': ['/v1/logins', { challenge, pin: '13572468' }],
    'of a message signature': ['/v1/messages/sign', { ...oneMessage, pin: '13572468' }],
    'of one message': ['/v1/messages/sign', { messages: [{ content: 'AAAA', pin: '13572468' }] }],
    'of a document signature': [`/v1/documents/${document}/signatures`, { pin: '13572468' }],
    'of a placement': [`/v1/documents/${document}/signatures`, { placements: [{ ...rectangle, pin: '13572468' }] }],
    'of a verification': ['/v1/messages/verify', { signature: 'AAAA', pin: '13572468' }],
    'in a query': ['/v1/documents/doc_aaaaaaaaaaaaaaaaaaaaaa/verifications?pin=13572468', {}],
    'behind a prototype': ['/v1/logins', JSON.parse(`{"challenge":"${challenge}","__proto__":{"pin":"13572468"}}`)],
  }
  for (const [name, [path, body]] of Object.entries(bodies)) {
    test(`fail/a pin ${name} is request.invalid and appears in no answer and no log`, async () => {
      const { answer, fake } = await refuse(path, body)
      expect(answer.text).not.toContain('13572468')
      expect(JSON.stringify(fake.logged)).not.toContain('13572468')
    })
  }

  test('fail/what is not JSON is not quoted back', async () => {
    const { send, grant, fake } = await startBridge()
    const headers = { 'content-type': 'application/json' }
    const answer = await send('POST', '/v1/logins', { token: grant(['login']), bytes: '{"pin": 13572468', headers })
    expect(codeOf(answer)).toBe('request.invalid')
    expect(answer.text + JSON.stringify(fake.logged)).not.toContain('13572468')
  })

  test('fail/bytes that are no UTF-8 are refused', async () => {
    const { send, grant } = await startBridge()
    const headers = { 'content-type': 'application/json' }
    const bytes = Buffer.concat([Buffer.from('{"challenge":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}')])
    expect(codeOf(await send('POST', '/v1/logins', { token: grant(['login']), bytes, headers }))).toBe(
      'request.invalid',
    )
  })
})

describe('R12 a login cannot be made to sign a chosen digest (at the edge)', () => {
  test.each([0, 20, 31, 129, 200])('fail/a challenge of %i bytes is refused', async (length) => {
    await refuse('/v1/logins', { challenge: bytesOf(length) })
  })

  test.each([32, 33, 34, 64, 127, 128])('ok/a challenge of %i bytes is taken', async (length) => {
    const { send, grant } = await startBridge()
    const answer = await send('POST', '/v1/logins', { token: grant(['login']), body: { challenge: bytesOf(length) } })
    expect(answer.status).toBe(202)
  })

  test.each(['digest', 'hash', 'algorithm', 'format', 'raw', 'origin', 'time', 'purpose'])(
    'fail/a login takes no %s from the page',
    async (field) => {
      await refuse('/v1/logins', { challenge, [field]: 'AAAA' })
    },
  )

  test('fail/a challenge that is no base64 is refused', async () => {
    await refuse('/v1/logins', { challenge: '*'.repeat(44) })
  })
})

describe('R13 the page never hands in a digest (at the edge)', () => {
  test.each(['digest', 'hash', 'isHashed', 'digestAlgorithm'])(
    'fail/a message signature takes no %s',
    async (field) => {
      await refuse('/v1/messages/sign', { ...oneMessage, [field]: bytesOf(32) })
    },
  )

  test('fail/an algorithm outside the list is refused', async () => {
    await refuse('/v1/messages/sign', { ...oneMessage, algorithm: 'rsa-pkcs1-none' })
  })
})

describe('R15 module paths never come from a page', () => {
  const fields = ['modulePath', 'module', 'path', 'driver', 'driverPath', 'dll', 'library', 'slot', 'token', 'url']
  const paths: [string, object][] = [
    ['/v1/grants', { scopes: ['sign'], systemCode: 'TEST-01' }],
    ['/v1/logins', { challenge }],
    ['/v1/messages/sign', oneMessage],
    [`/v1/documents/${document}/signatures`, {}],
  ]
  test.each(paths)('fail/%s refuses every such field', async (path, body) => {
    const { send, grant } = await startBridge()
    const token = grant(['login', 'sign', 'seal', 'verify'])
    for (const field of fields) {
      const answer = await send('POST', path, { token, body: { ...body, [field]: '/tmp/evil.so' } })
      expect([field, codeOf(answer)]).toEqual([field, 'request.invalid'])
      expect((answer.json as Problem).details).toEqual({ field: 'body', issue: 'unrecognized_keys', key: field })
    }
  })

  test.each(['?modulePath=/tmp/evil.so', '?keyType=rsa&keyType=ec', '?identity[]=personal'])(
    'fail/the certificate list refuses the query %s',
    async (query) => {
      const { send, grant } = await startBridge()
      const answer = await send('GET', `/v1/certificates${query}`, { token: grant(['sign']) })
      expect(codeOf(answer)).toBe('request.invalid')
    },
  )
})
