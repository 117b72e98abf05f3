import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { findLsofUserId } from '../http/caller-macos.ts'
import { findUserId } from '../http/caller-linux.ts'
import { findProcessId, listsProcess } from '../http/caller-windows.ts'
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

  test('the user in the output of lsof is found', () => {
    const output =
      'p10\nu501\nf4\nn127.0.0.1:17311->127.0.0.1:51234\np11\nu502\nf5\nn127.0.0.1:51234->127.0.0.1:17311\n'
    expect(findLsofUserId(output, connection)).toBe(502)
    expect(findLsofUserId('', connection)).toBeNull()
  })

  test('the process in the output of netstat is found, whatever language the state is in', () => {
    const output = [
      '活动连接',
      '  协议  本地地址          外部地址        状态           PID',
      '  TCP    127.0.0.1:17311        127.0.0.1:51234        ESTABLISHED     900',
      '  TCP    127.0.0.1:51234        127.0.0.1:17311        ESTABLISHED     4242',
    ].join('\r\n')
    expect(findProcessId(output, connection)).toBe(4242)
    expect(listsProcess('"chrome.exe","4242","Console","1","100,000 K"\r\n', 4242)).toBe(true)
    expect(listsProcess('INFO: No tasks are running which match the specified criteria.\r\n', 4242)).toBe(false)
  })
})
