import { readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { UploadedDocument } from '#contract/bridge.ts'
import type { Operation, Problem } from '#contract/operations.ts'
import { codeOf, connectTo, oneMessage, origin, sendRaw, startBridge } from '../testing/harness.ts'

const pdf = { 'content-type': 'application/pdf' }

describe('documents', () => {
  test('ok/uploaded, signed, downloaded and deleted', async () => {
    const { send, grant, fake } = await startBridge()
    fake.state.autoApprove = true
    const token = grant(['sign', 'seal', 'verify'])
    const uploaded = await send('POST', '/v1/documents?name=%E6%8A%95%E6%A0%87.pdf', {
      token,
      bytes: '%PDF-1.7',
      headers: pdf,
    })
    expect(uploaded.status).toBe(201)
    const { id, name } = uploaded.json as UploadedDocument
    expect(name).toBe('投标.pdf')
    const headers = { prefer: 'wait=10' }
    const signed = await send('POST', `/v1/documents/${id}/signatures`, { token, body: { sealId: null }, headers })
    const { result } = signed.json as Operation
    const signedId = result?.kind === 'document_sign' ? (result.documents[0]?.id ?? '') : ''
    const content = await send('GET', `/v1/documents/${signedId}/content`, { token })
    expect(content.text).toBe('%PDF-1.7\nsigned')
    expect(content.headers['content-disposition']).toBe("attachment; filename*=UTF-8''%E6%8A%95%E6%A0%87.pdf")
    expect(content.headers['content-length']).toBe('15')
    const verified = await send('POST', `/v1/documents/${signedId}/verifications`, { token, body: {} })
    expect(verified.json).toEqual({ verdict: 'unsigned', signatures: [] })
    expect((await send('DELETE', `/v1/documents/${id}`, { token })).status).toBe(204)
    expect(codeOf(await send('GET', `/v1/documents/${id}/content`, { token }))).toBe('document.not_found')
  })

  test('ok/a caller that asks for 100-continue gets it after the checks', async () => {
    const { port, grant, fake } = await startBridge()
    const head = ['POST /v1/documents HTTP/1.1', `Host: 127.0.0.1:${port}`, `Origin: ${origin}`, 'X-Bridge: 1']
    const rest = ['Content-Type: application/pdf', 'Content-Length: 4', 'Expect: 100-continue', 'Connection: close']
    const ask = async (token: string) => {
      const socket = await connectTo(port)
      let answer = ''
      socket.on('data', (chunk: Buffer) => {
        answer += chunk.toString()
        if (answer.startsWith('HTTP/1.1 100')) socket.write('%PDF')
      })
      socket.write([...head, ...rest, `Authorization: Bearer ${token}`, '', ''].join('\r\n'))
      await new Promise((resolve) => socket.once('close', resolve))
      return answer
    }
    expect(await ask(grant(['sign']))).toMatch(/^HTTP\/1\.1 100 Continue[^]*HTTP\/1\.1 201/)
    expect(await ask('made-up')).toMatch(/^HTTP\/1\.1 401/)
    expect(fake.documents.size).toBe(1)
  })
})

describe('certificates and messages', () => {
  test('ok/the list, one certificate and a message verification', async () => {
    const { send, grant } = await startBridge()
    const token = grant(['verify'])
    const list = await send('GET', '/v1/certificates?keyType=rsa', { token })
    expect((list.json as { certificates: unknown[] }).certificates).toHaveLength(1)
    expect((await send('GET', `/v1/certificates/${'ab'.repeat(32)}`, { token })).json).toMatchObject({ der: 'MIIB' })
    const report = await send('POST', '/v1/messages/verify', { token, body: { signature: 'AAAA' } })
    expect([report.status, report.json]).toEqual([200, { verdict: 'unknown', signatures: [] }])
  })
})

describe('errors', () => {
  test('fail/a problem document carries code, both texts and the trace id of the log', async () => {
    const { send, fake } = await startBridge()
    const answer = await send('POST', '/v1/messages/sign', { body: oneMessage })
    const problem = answer.json as Problem
    expect(answer.headers['content-type']).toBe('application/problem+json')
    expect(problem).toMatchObject({ status: 401, code: 'grant.missing', retryable: false })
    expect(problem.message).toContain('授权')
    expect(answer.headers['x-request-id']).toBe(problem.traceId)
    expect(fake.logged.at(-1)?.details).toMatchObject({ traceId: problem.traceId, code: 'grant.missing' })
  })

  test('fail/an unexpected error tells the page nothing of its cause', async () => {
    const { send, grant, fake } = await startBridge()
    fake.state.unexpected = new Error('secret path /home/user/key')
    const answer = await send('GET', '/v1/certificates', { token: grant(['sign']) })
    expect([answer.status, codeOf(answer)]).toEqual([500, 'program.unexpected'])
    expect(answer.text).not.toContain('secret')
    expect(fake.logged.at(-1)?.details).toHaveProperty('err')
  })

  test('fail/an expectation other than 100-continue is 417 and invites no body', async () => {
    const { port, fake, grant } = await startBridge()
    const answer = await sendRaw(port, [
      'POST /v1/documents HTTP/1.1',
      `Host: 127.0.0.1:${port}`,
      `Origin: ${origin}`,
      'X-Bridge: 1',
      `Authorization: Bearer ${grant(['sign'])}`,
      'Content-Type: application/pdf',
      'Content-Length: 4',
      'Expect: 200-ok',
      'Connection: close',
    ])
    expect(answer).toMatch(/^HTTP\/1\.1 417 /)
    expect([answer.includes('100 Continue'), fake.state.portCalls]).toEqual([false, 0])
  })

  test('fail/another method of a known path is 405 and names the right ones', async () => {
    const { send } = await startBridge()
    for (const method of ['PUT', 'PATCH', 'HEAD', 'TRACE']) {
      expect((await send(method, '/v1/grants')).status).toBe(405)
    }
    expect((await send('GET', '/v1/grants')).headers.allow).toBe('POST, OPTIONS')
  })

  test.each(['/', '/v1', '/v1/', '/health/', '/HEALTH', '/v1/grants/', '/v1//grants', '/../health', '/favicon.ico'])(
    'fail/%s is not found',
    async (path) => {
      const { send } = await startBridge()
      expect(codeOf(await send('GET', path))).toBe('request.not_found')
    },
  )
})

describe('the SDK file', () => {
  test('ok/it is served as a module that another origin may load', async () => {
    const sdkFile = join(tmpdir(), `sdk-${process.pid}.js`)
    await writeFile(sdkFile, 'export const a = 1\n')
    onTestFinished(() => rm(sdkFile))
    const { send } = await startBridge({ sdkFile })
    const headers = { 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'script', 'x-bridge': '' }
    const answer = await send('GET', '/sdk.js', { headers })
    expect(answer.text).toBe(await readFile(sdkFile, 'utf8'))
    expect(answer.headers['content-type']).toBe('text/javascript; charset=utf-8')
    expect(answer.headers['access-control-allow-origin']).toBe(origin)
    expect(answer.headers['cross-origin-resource-policy']).toBe('cross-origin')
  })

  test('fail/without a built file it is not found', async () => {
    const { send } = await startBridge({ sdkFile: join(tmpdir(), 'no-such-sdk.js') })
    expect(codeOf(await send('GET', '/sdk.js'))).toBe('request.not_found')
    expect(codeOf(await (await startBridge()).send('GET', '/sdk.js'))).toBe('request.not_found')
  })
})
