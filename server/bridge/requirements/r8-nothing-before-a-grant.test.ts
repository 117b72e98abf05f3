import { describe, expect, test } from 'vitest'
import { bridgeRoutes } from '#contract/bridge-routes.ts'
import { challenge, codeOf, grantRequest, oneMessage, origin, startBridge } from '../testing/harness.ts'

const bodies: Record<string, unknown> = {
  login: { challenge },
  signMessage: oneMessage,
  verifyMessage: { signature: 'AAAA' },
}
const ids: Record<string, string> = {
  getCertificate: 'ab'.repeat(32),
  signDocument: `doc_${'a'.repeat(22)}`,
  verifyDocument: `doc_${'a'.repeat(22)}`,
  documentContent: `doc_${'a'.repeat(22)}`,
  deleteDocument: `doc_${'a'.repeat(22)}`,
}

describe('R8 nothing is learnt before a grant', () => {
  test('health says product, API version, instance and state, and nothing else', async () => {
    const { send, fake, grant } = await startBridge()
    const before = await send('GET', '/health', { origin: null })
    expect(before.json).toEqual({
      product: 'zhongbiao-yizhengtong',
      apiVersion: 1,
      instanceId: expect.stringMatching(/^[\w-]{22}$/) as string,
      state: 'ready',
    })
    const token = grant(['sign'])
    await send('POST', '/v1/documents', { token, bytes: '%PDF', headers: { 'content-type': 'application/pdf' } })
    expect((await send('GET', '/health', { origin: null })).text).toBe(before.text)
    expect((await send('GET', '/health', { token })).text).toBe((await send('GET', '/health')).text)
    expect(fake.documents.size).toBe(1)
  })

  test('the instance id is stable for an origin and another one for every other, so that pages cannot compare notes', async () => {
    const { send } = await startBridge()
    const idFor = async (of: string | null) =>
      ((await send('GET', '/health', { origin: of })).json as { instanceId: string }).instanceId
    const origins = [origin, 'https://other.example', 'https://platform.example:8443', null]
    const ids = await Promise.all(origins.map(idFor))
    expect(new Set(ids).size).toBe(origins.length)
    expect(await Promise.all(origins.map(idFor))).toEqual(ids)
    expect(ids).not.toContain('instance-1')
  })

  test('the description names no version of the program', async () => {
    const { send } = await startBridge()
    const { json } = await send('GET', '/openapi.json', { origin: null })
    expect((json as { info: { version: string } }).info.version).toBe('1.0.0')
  })

  const needsGrant = Object.entries(bridgeRoutes).filter(([, route]) => route.grant !== 'open')
  test.each(needsGrant)(
    'fail/%s without a grant, with a made-up one and with another scheme is grant.missing',
    async (name, route) => {
      const { send, fake } = await startBridge()
      const path = route.path.replace(':id', ids[name] ?? '')
      const isDocument = route.bodyKind === 'document'
      const ask = {
        ...(route.bodyKind === 'json' && { body: bodies[name] ?? {} }),
        ...(isDocument && { bytes: '%PDF', headers: { 'content-type': 'application/pdf' } }),
      }
      const answers = [
        await send(route.method, path, ask),
        await send(route.method, path, { ...ask, token: 'made-up' }),
        await send(route.method, path, { ...ask, headers: { ...ask.headers, authorization: 'Basic eDp5' } }),
      ]
      for (const answer of answers) expect([answer.status, codeOf(answer)]).toEqual([401, 'grant.missing'])
      expect([fake.operations.size, fake.documents.size]).toEqual([0, 0])
    },
  )

  test('a refusal does not tell whether a thing exists', async () => {
    const { send } = await startBridge()
    const known = await send('GET', `/v1/certificates/${'ab'.repeat(32)}`)
    const unknown = await send('GET', `/v1/certificates/${'cd'.repeat(32)}`)
    const withoutTrace = (text: string) => text.replace(/"traceId":"[^"]*"/, '')
    expect(withoutTrace(known.text)).toBe(withoutTrace(unknown.text))
  })

  test('an operation of another origin looks like none', async () => {
    const { send, fake } = await startBridge()
    await send('POST', '/v1/grants', { origin: 'https://other.example', body: grantRequest })
    const id = fake.waiting() ?? ''
    const foreign = await send('GET', `/v1/operations/${id}`, { origin })
    expect([foreign.status, codeOf(foreign)]).toEqual([404, 'operation.not_found'])
  })
})
