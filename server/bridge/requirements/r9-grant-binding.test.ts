import { describe, expect, test } from 'vitest'
import type { Scope } from '#contract/operations.ts'
import { createBridge } from '../create-bridge.ts'
import { createFakePorts } from '../testing/fake-ports.ts'
import { challenge, codeOf, oneMessage, origin, otherOrigin, startBridge } from '../testing/harness.ts'

const document = `doc_${'a'.repeat(22)}`

describe('R9 a grant serves its own origin and its own scopes', () => {
  test("fail/the grant of A does not serve B, even with A's token", async () => {
    const { send, grant, fake } = await startBridge()
    const token = grant(['login', 'sign', 'seal', 'verify'])
    const answers = [
      await send('GET', '/v1/certificates', { origin: otherOrigin, token }),
      await send('POST', '/v1/logins', { origin: otherOrigin, token, body: { challenge } }),
      await send('POST', '/v1/messages/sign', { origin: otherOrigin, token, body: oneMessage }),
      await send('DELETE', '/v1/grants/current', { origin: otherOrigin, token }),
      await send('GET', '/v1/events', { origin: otherOrigin, token }),
    ]
    for (const answer of answers) expect([answer.status, codeOf(answer)]).toEqual([401, 'grant.missing'])
    expect(fake.operations.size).toBe(0)
    expect((await send('GET', '/v1/certificates', { token })).status).toBe(200)
  })

  test('fail/a port that forgot to compare origins is caught at the edge', async () => {
    const fake = createFakePorts()
    const grants = {
      ...fake.ports.grants,
      check: () => ({ id: 'g', origin, scopes: ['sign'] as Scope[], systemCode: 'X' }),
    }
    const bridge = createBridge({ ...fake.ports, grants }, { ports: [0] })
    const { port } = await bridge.listen()
    const headers = { origin: otherOrigin, 'x-bridge': '1', authorization: 'Bearer x' }
    const answer = await fetch(`http://127.0.0.1:${port}/v1/certificates`, { headers })
    await answer.text()
    await bridge.close()
    expect(answer.status).toBe(401)
  })

  test('fail/operations of A cannot be read, followed or cancelled by B', async () => {
    const { send, grant, fake } = await startBridge()
    await send('POST', '/v1/messages/sign', { token: grant(['sign']), body: oneMessage })
    const id = fake.waiting() ?? ''
    const token = grant(['sign'], otherOrigin)
    const answers = [
      await send('GET', `/v1/operations/${id}`, { origin: otherOrigin, token }),
      await send('GET', `/v1/operations/${id}/events`, { origin: otherOrigin, token }),
      await send('DELETE', `/v1/operations/${id}`, { origin: otherOrigin, token }),
    ]
    for (const answer of answers) expect(codeOf(answer)).toBe('operation.not_found')
    expect(fake.waiting()).toBe(id)
  })

  test('fail/documents of one grant are not there for another one', async () => {
    const { send, grant } = await startBridge()
    const headers = { 'content-type': 'application/pdf' }
    const { json } = await send('POST', '/v1/documents', { token: grant(['sign']), bytes: '%PDF', headers })
    const { id } = json as { id: string }
    const other = await send('GET', `/v1/documents/${id}/content`, { token: grant(['sign']) })
    expect([other.status, codeOf(other)]).toEqual([404, 'document.not_found'])
  })

  const scoped: Record<string, { path: string; body: unknown; scope: Scope }> = {
    'a login': { path: '/v1/logins', body: { challenge }, scope: 'login' },
    'a message signature': { path: '/v1/messages/sign', body: oneMessage, scope: 'sign' },
    'a message verification': { path: '/v1/messages/verify', body: { signature: 'AAAA' }, scope: 'verify' },
    'a seal the person chooses': { path: `/v1/documents/${document}/signatures`, body: {}, scope: 'seal' },
    'a seal by name': {
      path: `/v1/documents/${document}/signatures`,
      body: { sealId: `seal_${'a'.repeat(22)}` },
      scope: 'seal',
    },
    'an invisible signature': {
      path: `/v1/documents/${document}/signatures`,
      body: { sealId: null },
      scope: 'sign',
    },
    'a document verification': { path: `/v1/documents/${document}/verifications`, body: {}, scope: 'verify' },
  }
  const all: Scope[] = ['login', 'sign', 'seal', 'encrypt', 'decrypt', 'verify']
  for (const [name, { path, body, scope }] of Object.entries(scoped)) {
    test(`${name} needs the scope ${scope}`, async () => {
      const { send, grant, fake } = await startBridge()
      const without = await send('POST', path, { token: grant(all.filter((other) => other !== scope)), body })
      expect([without.status, codeOf(without)]).toEqual([403, 'grant.scope_missing'])
      expect(fake.operations.size).toBe(0)
      const answer = await send('POST', path, { token: grant([scope]), body })
      expect(codeOf(answer)).not.toBe('grant.scope_missing')
    })
  }

  test('fail/an event stream ends when its grant is given back', async () => {
    const { send, grant, fake } = await startBridge()
    const token = grant(['sign'])
    const stream = send('GET', '/v1/events', { token })
    await expect.poll(() => fake.eventListeners.size, { timeout: 5000 }).toBe(1)
    fake.emit({ type: 'key_inserted', at: '2026-11-23T00:00:00.000Z' })
    expect((await send('DELETE', '/v1/grants/current', { token })).status).toBe(204)
    fake.emit({ type: 'key_removed', at: '2026-11-23T00:00:01.000Z' })
    const { text } = await stream
    expect(text).toContain('key_inserted')
    expect(text).not.toContain('key_removed')
    await expect.poll(() => fake.eventListeners.size, { timeout: 5000 }).toBe(0)
  })
})
