import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
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

  test('it does not grow without end while the program runs', async () => {
    const logs = path.join(directory, 'logs')
    const log = createLog({ directory: logs, maxBytes: 4096 })
    for (let index = 0; index < 100; index += 1) log.info({ index, filler: 'x'.repeat(100) })
    const lines = async (name: string) => readFileSync(path.join(logs, name), 'utf8').trim().split('\n')
    await vi.waitFor(async () => expect((await lines('client.log')).at(-1)).toContain('"index":99'))
    for (const name of ['client.log', 'client.1.log']) expect(statSync(path.join(logs, name)).size).toBeLessThan(4500)
    const kept = [...(await lines('client.1.log')), ...(await lines('client.log'))]
    expect(kept.map((line) => (JSON.parse(line) as { index: number }).index)).toEqual(
      Array.from({ length: kept.length }, (_, index) => 100 - kept.length + index),
    )
  })

  test.skipIf(!existsSync('/dev/full'))('a full disk costs lines, not the program', async () => {
    const logs = path.join(directory, 'logs')
    mkdirSync(logs)
    symlinkSync('/dev/full', path.join(logs, 'client.log'))
    const unexpected = vi.fn()
    process.on('uncaughtException', unexpected)
    const log = createLog({ directory: logs })
    for (let index = 0; index < 3; index += 1) {
      log.error('cannot be written')
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    process.off('uncaughtException', unexpected)
    expect(unexpected).not.toHaveBeenCalled()
  })

  test('a file that cannot be opened costs the log, not the program', () => {
    mkdirSync(path.join(directory, 'logs', 'client.log'), { recursive: true })
    const log = createLog({ directory: path.join(directory, 'logs') })
    expect(() => log.info('to nobody')).not.toThrow()
  })
})
