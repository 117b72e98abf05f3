import { describe, expect, test } from 'vitest'
import { isOriginAccepted } from '../http/origin.ts'
import { codeOf, grantRequest, origin, startBridge } from '../testing/harness.ts'

const accepted = [
  'https://platform.example',
  'https://a.b.platform.example',
  'https://platform.example:8443',
  'https://intranet',
  'https://xn--fiqs8s.example',
  'https://my_host.example',
]

const refused = [
  'null',
  '',
  '*',
  'http://platform.example',
  'https://Platform.example',
  'HTTPS://platform.example',
  'https://platform.example.',
  'https://platform.example/',
  'https://platform.example/path',
  'https://platform.example?x',
  'https://user@platform.example',
  'https://platform.example:443',
  'https://platform.example:0',
  'https://platform.example:08443',
  'https://platform.example:99999',
  'https://platform.example, https://evil.example',
  'https://platform.example https://evil.example',
  ' https://platform.example',
  'https://192.168.1.1',
  'https://127.0.0.1',
  'https://127.1',
  'https://2130706433',
  'https://0x7f000001',
  'https://a.0x7f',
  'https://[::1]',
  'https://-bad.example',
  'https://a..b',
  'https://中国.example',
  'https://localhost',
  'https://app.localhost',
  'http://localhost:5173',
  'http://127.0.0.1:5173',
  'file://',
  'chrome-extension://abcdefghijklmnop',
  'app://bundle',
  'ws://platform.example',
  `https://${'a'.repeat(64)}.example`,
  `https://${'a.'.repeat(130)}example`,
]

describe('R3 exact Origin', () => {
  test.each(accepted)('ok/%s may ask', (value) => expect(isOriginAccepted(value, false)).toBe(true))
  test.each(refused)('fail/%s is refused', (value) => expect(isOriginAccepted(value, false)).toBe(false))

  const developer = ['http://localhost:5173', 'http://127.0.0.1:5173', 'http://localhost', 'https://localhost:5173']
  test.each(developer)('ok/%s in developer mode only', (value) => {
    expect(isOriginAccepted(value, true)).toBe(true)
    expect(isOriginAccepted(value, false)).toBe(false)
  })

  const neverEven = [
    'http://localhost:80',
    'http://127.0.0.2:5173',
    'http://192.168.1.5',
    'http://localhost.evil.example',
    'null',
  ]
  test.each(neverEven)('fail/%s is refused in developer mode too', (value) =>
    expect(isOriginAccepted(value, true)).toBe(false),
  )

  test('fail/a request without Origin reaches nothing under /v1', async () => {
    const { send, fake } = await startBridge()
    const answer = await send('POST', '/v1/grants', { origin: null, body: grantRequest })
    expect([answer.status, codeOf(answer)]).toEqual([403, 'request.origin_refused'])
    expect(fake.operations.size).toBe(0)
  })

  test('fail/two Origin headers are refused', async () => {
    const { send } = await startBridge()
    const answer = await send('POST', '/v1/grants', {
      origin: null,
      headers: { origin: [origin, origin] },
      body: grantRequest,
    })
    expect(codeOf(answer)).toBe('request.origin_refused')
  })

  test('fail/health refuses an Origin that is no platform, and answers without one', async () => {
    const { send } = await startBridge()
    expect((await send('GET', '/health', { origin: null })).status).toBe(200)
    expect((await send('GET', '/health', { origin: 'null' })).status).toBe(403)
    expect((await send('GET', '/health', { origin: 'http://127.0.0.1:5173' })).status).toBe(403)
  })

  const lookAlikes = [
    'https://platform.example:8443',
    'https://www.platform.example',
    'https://platform.example.evil.example',
    'https://platform-example',
    'https://p1atform.example',
    'https://xn--pltform-8fg.example',
  ]
  test.each(lookAlikes)('fail/%s gets nothing with the grant of https://platform.example', async (value) => {
    const { send, grant } = await startBridge()
    const token = grant(['sign'])
    const answer = await send('GET', '/v1/certificates', { origin: value, token })
    expect([answer.status, codeOf(answer)]).toEqual([401, 'grant.missing'])
  })

  test('ok/a page of the developer mode gets an operation', async () => {
    const { send } = await startBridge({ allowLoopbackOrigins: true })
    const answer = await send('POST', '/v1/grants', { origin: 'http://127.0.0.1:5173', body: grantRequest })
    expect(answer.status).toBe(202)
    expect(answer.headers['access-control-allow-origin']).toBe('http://127.0.0.1:5173')
  })
})
