import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { AppError } from '#contract/errors.ts'
import { createLog } from './log.ts'

let directory = ''
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'yzt-log-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

const written = async (): Promise<string> => {
  const file = path.join(directory, 'logs', 'client.log')
  await vi.waitFor(() => expect(statSync(file).size).toBeGreaterThan(0))
  return readFileSync(file, 'utf8')
}

describe('the log', () => {
  test('what could hold a secret is cut out at every level', async () => {
    const log = createLog({ directory: path.join(directory, 'logs') })
    const secret = 'S3cr3t-value'
    log.info(
      {
        pin: secret,
        request: { headers: { authorization: secret }, token: secret },
        input: { newPin: secret, oldPin: secret, adminPin: secret },
        result: { loginToken: secret },
      },
      'message',
    )
    const text = await written()
    expect(text).toContain('[redacted]')
    expect(text).not.toContain(secret)
  })

  test('an error is logged with its cause', async () => {
    const log = createLog({ directory: path.join(directory, 'logs') })
    log.error({ error: new AppError('token.error', {}, { cause: new Error('CKR_DEVICE_ERROR') }) }, 'failed')
    const text = await written()
    expect(JSON.parse(text)).toMatchObject({ error: { code: 'token.error', cause: { message: 'CKR_DEVICE_ERROR' } } })
  })

  test('it is private and does not grow without end', async () => {
    const logs = path.join(directory, 'logs')
    createLog({ directory: logs }).info('first')
    await written()
    expect(statSync(path.join(logs, 'client.log')).mode & 0o077).toBe(0)
    writeFileSync(path.join(logs, 'client.log'), 'x'.repeat(6 * 1024 * 1024))
    createLog({ directory: logs }).info('second')
    expect(await written()).toContain('second')
    expect(statSync(path.join(logs, 'client.1.log')).size).toBe(6 * 1024 * 1024)
  })
})
