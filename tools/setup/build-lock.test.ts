import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { withLock } from './build-lock.mjs'

const folder = mkdtempSync(path.join(tmpdir(), 'build-lock-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('a build that was killed does not hold up the next one', async () => {
  const file = path.join(folder, 'killed')
  const { pid } = spawnSync(process.execPath, ['-e', ''])
  writeFileSync(file, String(pid))
  const started = performance.now()
  expect(await withLock(file, async () => 'built')).toBe('built')
  expect(performance.now() - started).toBeLessThan(2_000)
  expect(existsSync(file)).toBe(false)
})

test('builds of several processes come one after another', async () => {
  const file = path.join(folder, 'shared')
  const script = `
    import { withLock } from ${JSON.stringify(path.join(import.meta.dirname, 'build-lock.mjs'))}
    await withLock(${JSON.stringify(file)}, async () => {
      process.stdout.write('in ')
      await new Promise((resolve) => setTimeout(resolve, 100))
      process.stdout.write('out ')
    })`
  const output: string[] = []
  const children = [1, 2, 3].map(() => spawn(process.execPath, ['--input-type=module', '-e', script]))
  for (const { stdout } of children) stdout.on('data', (text: Buffer) => output.push(text.toString()))
  await Promise.all(children.map((child) => once(child, 'close')))
  expect(output.join('').trim()).toBe('in out in out in out')
})

test('a build that fails lets go', async () => {
  const file = path.join(folder, 'failing')
  await expect(withLock(file, () => Promise.reject(new Error('syntax')))).rejects.toThrow('syntax')
  expect(existsSync(file)).toBe(false)
})

test('who does not want to wait is told who holds the lock', async () => {
  const file = path.join(folder, 'held')
  const options = { patienceMs: 0, busy: (holder: number | null) => `held by ${String(holder)}` }
  await withLock(file, async () => {
    await expect(withLock(file, async () => 'second', options)).rejects.toThrow(`held by ${process.pid}`)
  })
  expect(await withLock(file, async () => 'later', options)).toBe('later')
})
