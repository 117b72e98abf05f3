import { describe, expect, test } from 'vitest'
import { codeOf, sendRaw, startBridge, statusOf } from '../testing/harness.ts'

const close = 'Connection: close'

describe('R2 exact Host allow-list', () => {
  test('ok/the literal address with its port', async () => {
    const { port } = await startBridge()
    expect(statusOf(await sendRaw(port, ['GET /health HTTP/1.1', `Host: 127.0.0.1:${port}`, close]))).toBe(200)
    expect(statusOf(await sendRaw(port, ['GET /health HTTP/1.1', `Host: [::1]:${port}`, close], '::1'))).toBe(200)
  })

  const refused: Record<string, (port: number) => string[]> = {
    missing: () => ['GET /health HTTP/1.1', close],
    'missing in HTTP/1.0': () => ['GET /health HTTP/1.0'],
    empty: () => ['GET /health HTTP/1.1', 'Host:', close],
    'foreign (DNS rebinding)': (port) => ['GET /health HTTP/1.1', `Host: evil.example:${port}`, close],
    'the name localhost': (port) => ['GET /health HTTP/1.1', `Host: localhost:${port}`, close],
    'without port': () => ['GET /health HTTP/1.1', 'Host: 127.0.0.1', close],
    'another port': (port) => ['GET /health HTTP/1.1', `Host: 127.0.0.1:${port + 1}`, close],
    'another loopback address': (port) => ['GET /health HTTP/1.1', `Host: 127.0.0.2:${port}`, close],
    'another spelling of the address': (port) => ['GET /health HTTP/1.1', `Host: 127.1:${port}`, close],
    'a trailing dot': (port) => ['GET /health HTTP/1.1', `Host: 127.0.0.1.:${port}`, close],
    'user info': (port) => ['GET /health HTTP/1.1', `Host: a@127.0.0.1:${port}`, close],
    'the other family': (port) => ['GET /health HTTP/1.1', `Host: [::1]:${port}`, close],
    'duplicate, good first': (port) => ['GET /health HTTP/1.1', `Host: 127.0.0.1:${port}`, 'Host: evil.example', close],
    'duplicate, both good': (port) => [
      'GET /health HTTP/1.1',
      `Host: 127.0.0.1:${port}`,
      `host: 127.0.0.1:${port}`,
      close,
    ],
    'absolute form': (port) => [`GET http://evil.example/health HTTP/1.1`, `Host: 127.0.0.1:${port}`, close],
    'absolute form of ourselves': (port) => [
      `GET http://127.0.0.1:${port}/health HTTP/1.1`,
      `Host: 127.0.0.1:${port}`,
      close,
    ],
    'asterisk form': (port) => ['OPTIONS * HTTP/1.1', `Host: 127.0.0.1:${port}`, close],
  }
  for (const [name, lines] of Object.entries(refused)) {
    test(`fail/${name} is 421`, async () => {
      const { port } = await startBridge()
      const answer = await sendRaw(port, lines(port))
      expect(statusOf(answer)).toBe(421)
      expect(answer).toContain('request.host_refused')
      expect(answer.toLowerCase()).not.toContain('access-control-allow-origin')
    })
  }

  test('fail/a foreign Host is refused before the caller, the grant and the body are looked at', async () => {
    let lookUps = 0
    const { port, fake, grant } = await startBridge({
      lookUpCaller: () => {
        lookUps += 1
        return Promise.resolve('same_user')
      },
    })
    const answer = await sendRaw(port, [
      'POST /v1/logins HTTP/1.1',
      'Host: evil.example',
      'Origin: https://platform.example',
      'X-Bridge: 1',
      'Content-Type: application/json',
      `Authorization: Bearer ${grant(['login'])}`,
      'Content-Length: 1000000',
    ])
    expect(statusOf(answer)).toBe(421)
    expect([lookUps, fake.state.portCalls, fake.operations.size]).toEqual([0, 0, 0])
  })

  test('fail/a tunnel (CONNECT) and an upgrade to a socket are not served', async () => {
    const { port, send } = await startBridge()
    expect(statusOf(await sendRaw(port, ['CONNECT 127.0.0.1:22 HTTP/1.1', `Host: 127.0.0.1:${port}`]))).not.toBe(200)
    const upgrade = { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13', 'x-bridge': '' }
    const answer = await send('GET', '/v1/events', { headers: upgrade })
    expect([answer.status, codeOf(answer)]).toEqual([400, 'request.header_missing'])
  })
})
