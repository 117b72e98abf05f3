import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { lsofVerdict } from '../http/caller-macos.ts'
import { findUserId } from '../http/caller-linux.ts'
import { createWindowsLookUp } from '../http/caller-windows.ts'
import { codeOf, grantRequest, startBridge } from '../testing/harness.ts'

const run = promisify(execFile)

const connection = { localAddress: '127.0.0.1', localPort: 17311, remoteAddress: '127.0.0.1', remotePort: 51234 }
const connection6 = { ...connection, localAddress: '::1', remoteAddress: '::1' }

/** 17311 = 0x439F, 51234 = 0xC822; the server's own row comes first and must not be taken for the caller's. */
const procTable = [
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
  '   0: 0100007F:439F 0100007F:C822 01 00000000:00000000 00:00000000 00000000  1000        0 11 1',
  '   1: 0100007F:C822 0100007F:439F 01 00000000:00000000 00:00000000 00000000  1001        0 12 1',
].join('\n')

describe('R7 the caller belongs to the same user of this computer', () => {
  test('fail/a process of another user is refused before Origin and body are looked at', async () => {
    const { send, fake } = await startBridge({ lookUpCaller: () => Promise.resolve('other_user') })
    const answer = await send('POST', '/v1/grants', { body: grantRequest })
    expect([answer.status, codeOf(answer)]).toEqual([403, 'request.caller_refused'])
    expect(answer.headers['access-control-allow-origin']).toBeUndefined()
    expect(fake.operations.size).toBe(0)
    expect((await send('GET', '/health')).status).toBe(403)
  })

  test('ok/where the system does not tell, the caller is let through and a failed look-up is logged', async () => {
    const { send, fake } = await startBridge({ lookUpCaller: () => Promise.reject(new Error('no such table')) })
    expect((await send('GET', '/health')).status).toBe(200)
    expect(fake.logged.map(({ message }) => message)).toContain('the owner of a connection could not be looked up')
  })

  test('the caller is looked up once a connection', async () => {
    let lookUps = 0
    const { port } = await startBridge({
      lookUpCaller: () => {
        lookUps += 1
        return Promise.resolve('same_user')
      },
    })
    for (let index = 0; index < 5; index += 1) await (await fetch(`http://127.0.0.1:${port}/health`)).text()
    expect(lookUps).toBeLessThanOrEqual(2)
  })

  test.runIf(process.platform === 'linux')('Linux tells this process as the same user', async () => {
    const { send, fake } = await startBridge()
    expect((await send('GET', '/health')).status).toBe(200)
    expect((await send('GET', '/health', { host: '::1' })).status).toBe(200)
    expect(fake.logged.filter(({ message }) => message.includes('could not be looked up'))).toEqual([])
  })

  test.runIf(process.platform === 'linux' && process.getuid?.() === 0)(
    'Linux tells a process of another user, which is refused',
    async () => {
      const { port } = await startBridge()
      const request = `GET /health HTTP/1.1\\r\\nHost: 127.0.0.1:${port}\\r\\nConnection: close\\r\\n\\r\\n`
      const script = `exec 3<>/dev/tcp/127.0.0.1/${port}; printf '${request}' >&3; cat <&3`
      const { stdout } = await run('/bin/bash', ['-c', script], { uid: 65534, gid: 65534, cwd: '/' })
      expect(stdout).toMatch(/^HTTP\/1\.1 403 /)
      expect(stdout).toContain('request.caller_refused')
    },
  )

  test('the row of the caller in /proc/net/tcp is found, not that of the server', () => {
    expect(findUserId(procTable, connection)).toBe(1001)
    expect(findUserId(procTable, { ...connection, remotePort: 51235 })).toBeNull()
  })

  test('the row of the caller in /proc/net/tcp6 is found', () => {
    const loopback = '00000000000000000000000001000000'
    const row = `   1: ${loopback}:C822 ${loopback}:439F 01 00000000:00000000 00:00000000 00000000  1002        0 12 1`
    expect(findUserId(row, connection6)).toBe(1002)
  })

  const ours = 'p10\nu501\nf4\nn127.0.0.1:17311->127.0.0.1:51234\n'
  const callers = (userId: number) => `p11\nu${userId}\nf5\nn127.0.0.1:51234->127.0.0.1:17311\n`
  test.each([
    ['ok/the caller is a process of the same user', ours + callers(501), 'same_user'],
    ['ok/its row comes first', callers(501) + ours, 'same_user'],
    ['fail/root sees the row of another user', ours + callers(502), 'other_user'],
    ["fail/our own row is there, the caller's is not: it is another user's", ours, 'other_user'],
    [
      'fail/a row of another port does not count',
      `${ours}p11\nu501\nf5\nn127.0.0.1:51235->127.0.0.1:17311\n`,
      'other_user',
    ],
    ['unknown/lsof shows nothing, not even our own socket', '', 'unknown'],
  ])('macOS: %s', (_name, output, verdict) => expect(lsofVerdict(output, connection, 501)).toBe(verdict))

  test('macOS: the same over IPv6', () => {
    const output = 'p10\nu501\nf4\nn[::1]:17311->[::1]:51234\n'
    expect(lsofVerdict(output, connection6, 501)).toBe('other_user')
    expect(lsofVerdict(`${output}p11\nu501\nf5\nn[::1]:51234->[::1]:17311\n`, connection6, 501)).toBe('same_user')
  })

  const netstatRows = [
    '活动连接',
    '  协议  本地地址          外部地址        状态           PID',
    '  TCP    127.0.0.1:17311        127.0.0.1:51234        ESTABLISHED     900',
    '  TCP    127.0.0.1:51234        127.0.0.1:17311        ESTABLISHED     4242',
  ].join('\r\n')
  const chrome = '"chrome.exe","4242","Console","1","100,000 K"\r\n'
  const none = '信息: 没有运行的任务匹配指定标准。\r\n'
  test.each([
    ['ok/the caller is a process of the same user', netstatRows, chrome, chrome, 'same_user'],
    ['fail/the process is there, but not among the own ones', netstatRows, none, chrome, 'other_user'],
    ['unknown/the process has ended', netstatRows, none, none, 'unknown'],
    ['unknown/the connection has gone', '', chrome, chrome, 'unknown'],
  ])('Windows: %s', async (_name, rows, own, all, verdict) => {
    const asked: string[] = []
    const lookUp = createWindowsLookUp(
      {
        netstat: (...args) => Promise.resolve(args.join(' ') === '-ano -p TCP' ? rows : ''),
        tasklist: (...args) => {
          asked.push(args.join(' '))
          return Promise.resolve(args.includes('USERNAME eq WORK\\zhang') ? own : all)
        },
      },
      'WORK\\zhang',
    )
    expect(await lookUp(connection)).toBe(verdict)
    for (const args of asked) expect(args).toMatch(/^\/fi PID eq 4242( \/fi USERNAME eq \S+)? \/fo csv \/nh$/)
  })
})
