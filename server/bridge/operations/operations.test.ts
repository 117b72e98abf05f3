import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import type { Operation } from '#contract/operations.ts'
import { codeOf, grantRequest, oneMessage, startBridge, type Answer } from '../testing/harness.ts'
import { parseWait } from './prefer.ts'

/** The times themselves are tested in attendance.test.ts, on a clock of its own. */
const quick = { pollGraceMs: 2000, watcherGraceMs: 400, heartbeatMs: 20 }
const soon = { timeout: 5000 }
const operationOf = ({ json }: Answer): Operation => json as Operation

const start = async () => {
  const bridge = await startBridge({ limits: quick })
  const token = bridge.grant(['login', 'sign', 'seal', 'verify'])
  const ask = { token, body: oneMessage }
  return { ...bridge, token, ask }
}

describe('an operation with Prefer: wait', () => {
  test('ok/the answer is held until the end and is 200 with the result', async () => {
    const { send, ask, fake } = await start()
    const held = send('POST', '/v1/messages/sign', { ...ask, headers: { prefer: 'wait=30' } })
    await expect.poll(() => fake.waiting(), soon).toBeDefined()
    await wait(300)
    fake.approve(fake.waiting() ?? '')
    const answer = await held
    expect(answer.status).toBe(200)
    expect(answer.headers['preference-applied']).toBe('wait=30')
    expect(operationOf(answer)).toMatchObject({ state: 'done', result: { kind: 'message_sign' } })
  })

  test('ok/an operation that fails is 200 too: its error is inside', async () => {
    const { send, ask, fake } = await start()
    const held = send('POST', '/v1/messages/sign', { ...ask, headers: { prefer: 'wait=30' } })
    await expect.poll(() => fake.waiting(), soon).toBeDefined()
    fake.fail(fake.waiting() ?? '', 'operation.cancelled_by_user')
    const answer = await held
    expect(answer.status).toBe(200)
    expect(operationOf(answer)).toMatchObject({ state: 'failed', error: { code: 'operation.cancelled_by_user' } })
  })

  test('ok/one that ends at once is answered at once', async () => {
    const { send, ask, fake } = await start()
    fake.state.autoApprove = true
    const answer = await send('POST', '/v1/messages/sign', { ...ask, headers: { prefer: 'wait=30' } })
    expect(operationOf(answer).state).toBe('done')
  })

  test('ok/one that ends while it is being answered is not missed', async () => {
    const { send, ask, fake } = await start()
    fake.state.endsBeforeAnswer = true
    const answer = await send('POST', '/v1/messages/sign', { ...ask, headers: { prefer: 'wait=30' } })
    expect([answer.status, operationOf(answer).state]).toEqual([200, 'done'])
  })

  test('ok/when the time is over the answer is 202 and the operation goes on', async () => {
    const { send, ask, fake } = await start()
    const answer = await send('POST', '/v1/messages/sign', { ...ask, headers: { prefer: 'wait=1' } })
    expect([answer.status, operationOf(answer).state]).toEqual([202, 'waiting'])
    expect(fake.cancelled).toEqual([])
  })

  test('fail/a caller that hangs up while the person is asked cancels the operation', async () => {
    const { open, ask, fake } = await start()
    const headers = { prefer: 'wait=30', 'content-type': 'application/json' }
    const request = open('POST', '/v1/messages/sign', { ...ask, headers })
    request.on('error', () => undefined)
    request.end(JSON.stringify(oneMessage))
    await expect.poll(() => fake.waiting(), soon).toBeDefined()
    const id = fake.waiting()
    request.destroy()
    await expect.poll(() => fake.cancelled, soon).toEqual([{ id, reason: 'caller_gone' }])
  })

  test('ok/a caller that hangs up while the key is at work cancels nothing', async () => {
    const { open, ask, fake } = await start()
    const request = open('POST', '/v1/messages/sign', { ...ask, headers: { prefer: 'wait=30' } })
    request.on('error', () => undefined)
    request.end(JSON.stringify(oneMessage))
    await expect.poll(() => fake.waiting(), soon).toBeDefined()
    fake.work(fake.waiting() ?? '')
    request.destroy()
    await wait(150)
    expect(fake.cancelled).toEqual([])
  })

  test.each([
    ['wait=5', 5],
    ['respond-async, wait=10', 10],
    ['WAIT = "7"', 7],
    ['wait=600', 60],
    ['wait=5; x=y', 5],
    ['wait=-1', 0],
    ['wait=1e9', 0],
    ['waiting=5', 0],
    ['', 0],
  ])('Prefer: %s is %i seconds', (header, seconds) => expect(parseWait(header)).toBe(seconds))
})

describe('an operation is attended or it is cancelled', () => {
  test('fail/one that nobody ever asks about is cancelled', async () => {
    const { send, ask, fake } = await start()
    const answer = await send('POST', '/v1/messages/sign', ask)
    expect(answer.status).toBe(202)
    expect(answer.headers.location).toBe(`/v1/operations/${operationOf(answer).id}`)
    await expect.poll(() => fake.cancelled, soon).toEqual([{ id: operationOf(answer).id, reason: 'caller_gone' }])
  })

  test('fail/one whose event stream has gone is cancelled', async () => {
    const { send, open, ask, fake } = await start()
    const { id } = operationOf(await send('POST', '/v1/messages/sign', ask))
    const stream = open('GET', `/v1/operations/${id}/events`)
    stream.on('error', () => undefined)
    stream.on('response', (response) => response.once('data', () => stream.destroy()))
    stream.end()
    await expect.poll(() => fake.cancelled, soon).toEqual([{ id, reason: 'caller_gone' }])
  })
})

describe('following and cancelling an operation', () => {
  test('ok/the stream shows the state now, every change and ends with the last one', async () => {
    const { send, fake } = await start()
    const { id } = operationOf(await send('POST', '/v1/grants', { body: grantRequest }))
    const stream = send('GET', `/v1/operations/${id}/events`)
    await wait(80)
    fake.approve(id)
    const { headers, text } = await stream
    expect(headers['content-type']).toBe('text/event-stream')
    const states = [...text.matchAll(/^event: operation\ndata: (.*)$/gm)].map(
      ([, data]) => (JSON.parse(data ?? '') as Operation).state,
    )
    expect(states).toEqual(['waiting', 'working', 'done'])
    expect(text).toContain(':\n\n')
  })

  test('ok/the stream of an ended operation is its end', async () => {
    const { send, fake } = await start()
    const { id } = operationOf(await send('POST', '/v1/grants', { body: grantRequest }))
    fake.approve(id)
    const { text } = await send('GET', `/v1/operations/${id}/events`)
    expect(text.match(/^event: operation$/gm)).toHaveLength(1)
    expect(operationOf(await send('GET', `/v1/operations/${id}`)).result?.kind).toBe('grant')
  })

  test('ok/the page cancels', async () => {
    const { send, fake } = await start()
    const { id } = operationOf(await send('POST', '/v1/grants', { body: grantRequest }))
    expect((await send('DELETE', `/v1/operations/${id}`)).status).toBe(204)
    expect(fake.cancelled).toEqual([{ id, reason: 'caller' }])
    expect(operationOf(await send('GET', `/v1/operations/${id}`)).error?.code).toBe('operation.cancelled_by_caller')
  })

  test('fail/an unknown or misspelt id is not found or invalid', async () => {
    const { send } = await start()
    expect(codeOf(await send('GET', `/v1/operations/op_${'a'.repeat(22)}`))).toBe('operation.not_found')
    expect(codeOf(await send('GET', '/v1/operations/1'))).toBe('request.invalid')
    expect(codeOf(await send('GET', '/v1/operations/%E0%A4%A'))).toBe('request.invalid')
  })
})

describe('a paused bridge', () => {
  test('fail/it starts nothing, says so, and lets the page cancel', async () => {
    const { send, fake, token } = await start()
    const { id } = operationOf(await send('POST', '/v1/grants', { body: grantRequest }))
    fake.state.isPaused = true
    expect((await send('GET', '/health')).json).toMatchObject({ state: 'paused' })
    const answer = await send('GET', '/v1/certificates', { token })
    expect([answer.status, codeOf(answer)]).toEqual([503, 'bridge.paused'])
    expect((await send('DELETE', `/v1/operations/${id}`)).status).toBe(204)
  })
})
