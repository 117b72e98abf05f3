import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { maxDocumentSize } from '#contract/bridge.ts'
import { createTokenBuckets } from '../http/token-bucket.ts'
import {
  codeOf,
  connectTo,
  grantRequest,
  origin,
  otherOrigin,
  sendRaw,
  startBridge,
  statusOf,
} from '../testing/harness.ts'

const pdf = { 'content-type': 'application/pdf' }
const uploadHead = (port: number, token: string, length: string) => [
  'POST /v1/documents HTTP/1.1',
  `Host: 127.0.0.1:${port}`,
  `Origin: ${origin}`,
  'X-Bridge: 1',
  'Content-Type: application/pdf',
  `Authorization: Bearer ${token}`,
  length,
]

describe('R6 limits on body, header, rate, concurrency and time', () => {
  test('fail/headers over 16 KiB are cut off', async () => {
    const { port, fake } = await startBridge()
    const answer = await sendRaw(port, [
      'GET /health HTTP/1.1',
      `Host: 127.0.0.1:${port}`,
      `X-Pad: ${'a'.repeat(20_000)}`,
    ])
    expect(statusOf(answer)).toBe(431)
    expect(fake.state.portCalls).toBe(0)
  })

  test('fail/a JSON body over 2 MiB is refused, announced or not', async () => {
    const { send, grant, fake } = await startBridge()
    const bytes = JSON.stringify({ messages: [{ content: 'A'.repeat(2 * 1024 * 1024) }] })
    const headers = { 'content-type': 'application/json' }
    const ask = { token: grant(['sign']), bytes }
    const announced = await send('POST', '/v1/messages/sign', { ...ask, headers })
    const chunked = { ...headers, 'content-length': '', 'transfer-encoding': 'chunked' }
    const counted = await send('POST', '/v1/messages/sign', { ...ask, headers: chunked })
    expect([announced.status, codeOf(announced)]).toEqual([413, 'request.too_large'])
    expect([counted.status, codeOf(counted)]).toEqual([413, 'request.too_large'])
    expect(fake.operations.size).toBe(0)
  })

  test('ok/a JSON body just under 2 MiB passes', async () => {
    const { send, grant } = await startBridge()
    const body = { messages: [{ content: 'A'.repeat(1_399_996) }, { content: 'A'.repeat(600_000) }] }
    expect((await send('POST', '/v1/messages/sign', { token: grant(['sign']), body })).status).toBe(202)
  })

  test('fail/a 1 GB upload is refused by its length, before its bytes are read', async () => {
    const { port, grant, fake } = await startBridge()
    const socket = await connectTo(port)
    let answer = ''
    const closed = new Promise((resolve) => socket.once('close', resolve))
    socket.on('data', (chunk) => (answer += chunk.toString()))
    socket.on('error', () => socket.destroy())
    socket.write([...uploadHead(port, grant(['sign']), `Content-Length: ${1024 ** 3}`), '', ''].join('\r\n'))
    const chunk = Buffer.alloc(64 * 1024, 1)
    let sent = 0
    while (!socket.destroyed && sent < 64 * 1024 * 1024) {
      sent += chunk.length
      if (!socket.write(chunk)) await Promise.race([closed, new Promise((resolve) => socket.once('drain', resolve))])
    }
    await closed
    expect(statusOf(answer)).toBe(413)
    expect(answer).toContain(`"limit":${maxDocumentSize}`)
    expect(fake.state.bytesReceived).toBe(0)
    expect(sent).toBeLessThan(32 * 1024 * 1024)
  })

  test('fail/a chunked upload is counted and cut at the limit, whatever it claims', async () => {
    const { send, grant, fake } = await startBridge({ limits: { maxDocumentBytes: 100_000 } })
    const headers = { ...pdf, 'content-length': '', 'transfer-encoding': 'chunked' }
    const answer = await send('POST', '/v1/documents', {
      token: grant(['sign']),
      bytes: Buffer.alloc(500_000),
      headers,
    })
    expect([answer.status, codeOf(answer)]).toEqual([413, 'request.too_large'])
    expect(fake.documents.size).toBe(0)
  })

  test('fail/a length together with chunks (request smuggling) is not a request', async () => {
    const { port, grant, fake } = await startBridge()
    const head = uploadHead(port, grant(['sign']), 'Content-Length: 4')
    const answer = await sendRaw(port, [...head, 'Transfer-Encoding: chunked', '', '0', '', ''].join('\r\n'))
    expect(statusOf(answer)).toBe(400)
    expect(fake.documents.size).toBe(0)
  })

  test('fail/broken chunk sizes end the upload and leave no document', async () => {
    const { port, grant, fake } = await startBridge()
    const head = uploadHead(port, grant(['sign']), 'Transfer-Encoding: chunked')
    await sendRaw(port, `${head.join('\r\n')}\r\n\r\n5\r\nhello\r\nZZ\r\n`)
    expect(fake.documents.size).toBe(0)
  })

  test('fail/an upload that breaks off leaves no document', async () => {
    const { port, grant, fake } = await startBridge()
    const socket = await connectTo(port)
    socket.write(`${uploadHead(port, grant(['sign']), 'Content-Length: 1000').join('\r\n')}\r\n\r\n%PDF-1.7`)
    await expect.poll(() => fake.state.bytesReceived, { timeout: 5000 }).toBe(8)
    socket.destroy()
    await wait(50)
    expect(fake.documents.size).toBe(0)
  })

  test('fail/an upload that trickles is cut', async () => {
    const limits = { uploadCheckMs: 50, minUploadBytesPerSecond: 10_000 }
    const { port, grant, fake } = await startBridge({ limits })
    const socket = await connectTo(port)
    let answer = ''
    socket.on('data', (chunk) => (answer += chunk.toString()))
    socket.on('error', () => socket.destroy())
    socket.write(`${uploadHead(port, grant(['sign']), 'Content-Length: 100000').join('\r\n')}\r\n\r\n`)
    const trickle = setInterval(() => socket.write('a'), 10)
    await new Promise((resolve) => socket.once('close', resolve))
    clearInterval(trickle)
    expect(statusOf(answer)).toBe(408)
    expect(answer).toContain('request.too_slow')
    expect(fake.documents.size).toBe(0)
  })

  test('fail/headers that never end (slowloris) are cut', async () => {
    const { port } = await startBridge({ limits: { headersTimeoutMs: 100 } })
    const socket = await connectTo(port)
    let answer = ''
    socket.on('data', (chunk) => (answer += chunk.toString()))
    socket.on('error', () => socket.destroy())
    socket.write('GET /health HTTP/1.1\r\n')
    const drip = setInterval(() => socket.write('X-A: b\r\n'), 20)
    await new Promise((resolve) => socket.once('close', resolve))
    clearInterval(drip)
    expect(statusOf(answer)).toBe(408)
  })

  test('fail/a JSON body that never ends is cut', async () => {
    const { port, grant, fake } = await startBridge({ limits: { bodyTimeoutMs: 80 } })
    const answer = await sendRaw(port, [
      'POST /v1/messages/sign HTTP/1.1',
      `Host: 127.0.0.1:${port}`,
      `Origin: ${origin}`,
      'X-Bridge: 1',
      'Content-Type: application/json',
      `Authorization: Bearer ${grant(['sign'])}`,
      'Content-Length: 100',
    ])
    expect(statusOf(answer)).toBe(408)
    expect(fake.operations.size).toBe(0)
  })

  test('fail/one origin over its rate waits, another one does not', async () => {
    const { send } = await startBridge({ limits: { requestsPerSecond: 1, burst: 3 } })
    const statuses = []
    for (let index = 0; index < 4; index += 1) statuses.push((await send('GET', '/health')).status)
    expect(statuses).toEqual([200, 200, 200, 429])
    const refused = await send('GET', '/health')
    expect(codeOf(refused)).toBe('request.too_many')
    expect(refused.headers['retry-after']).toBe('1')
    expect((await send('GET', '/health', { origin: otherOrigin })).status).toBe(200)
  })

  test('the bucket refills with time and forgets the oldest of too many origins', () => {
    const buckets = createTokenBuckets(10, 2, 2)
    expect([buckets.take('a', 0), buckets.take('a', 0), buckets.take('a', 0)]).toEqual([0, 0, 100])
    expect([buckets.take('a', 100), buckets.take('a', 100)]).toEqual([0, 100])
    buckets.take('b', 100)
    buckets.take('c', 100)
    expect(buckets.take('a', 100)).toBe(0)
  })

  test('fail/more requests at once than there are places are refused, and places come back', async () => {
    const { send, fake } = await startBridge({ limits: { maxConcurrent: 1 } })
    const held = send('POST', '/v1/grants', { body: grantRequest, headers: { prefer: 'wait=10' } })
    await expect.poll(() => fake.waiting(), { timeout: 5000 }).toBeDefined()
    const refused = await send('GET', '/health', { origin: otherOrigin })
    expect([refused.status, codeOf(refused)]).toEqual([429, 'request.too_many'])
    fake.approve(fake.waiting() ?? '')
    expect((await held).status).toBe(200)
    await expect.poll(async () => (await send('GET', '/health')).status, { timeout: 5000 }).toBe(200)
  })

  test('a caller that hangs up while its process is looked up keeps no place and no event stream', async () => {
    let lookUps = 0
    const answer = Promise.withResolvers<null>()
    const lookUpCaller = async () => {
      lookUps += 1
      if (lookUps <= 2) await answer.promise
      return 'same_user' as const
    }
    const { send, open, grant, fake } = await startBridge({ lookUpCaller, limits: { maxConcurrent: 1 } })
    const token = grant(['sign'])
    const hangUp = async (path: string) => {
      const before = lookUps
      const request = open('GET', path, { token })
      request.on('error', () => undefined)
      request.end()
      await expect.poll(() => lookUps).toBe(before + 1)
      request.destroy()
      await wait(50)
    }
    await hangUp('/v1/events')
    await hangUp('/v1/certificates')
    answer.resolve(null)
    await wait(50)
    expect(fake.eventListeners.size).toBe(0)
    expect((await send('GET', '/health')).status).toBe(200)
  })

  test('fail/event streams are limited per origin and take no place among requests', async () => {
    const { send, open, grant } = await startBridge({ limits: { maxEventStreamsPerOrigin: 1, maxConcurrent: 1 } })
    const token = grant(['sign'])
    const stream = open('GET', '/v1/events', { token })
    const opened = new Promise((resolve) => stream.once('response', resolve))
    stream.on('error', () => undefined)
    stream.end()
    await opened
    const second = await send('GET', '/v1/events', { token })
    expect([second.status, codeOf(second)]).toEqual([429, 'request.too_many'])
    stream.destroy()
    await expect.poll(async () => (await send('GET', '/health')).status, { timeout: 5000 }).toBe(200)
  })

  test('fail/an origin has one operation waiting for consent', async () => {
    const { send } = await startBridge()
    expect((await send('POST', '/v1/grants', { body: grantRequest })).status).toBe(202)
    const second = await send('POST', '/v1/grants', { body: grantRequest })
    expect([second.status, codeOf(second)]).toEqual([409, 'operation.pending'])
    expect((await send('POST', '/v1/grants', { origin: otherOrigin, body: grantRequest })).status).toBe(202)
  })
})
