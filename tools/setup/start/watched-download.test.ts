import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { runInstaller } from './watched-download.ts'
import type { DownloadOutcome } from './watched-download.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'download-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

let count = 0
const run = async (work: string): Promise<{ outcome: DownloadOutcome; seen: number[]; seconds: number }> => {
  const script = path.join(folder, `installer-${(count += 1)}.mjs`)
  const sleep = 'const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))'
  const file = `const file = path.join(os.tmpdir(), 'electron.zip')`
  const imports = `import fs from 'node:fs'; import os from 'node:os'; import path from 'node:path'`
  writeFileSync(script, [imports, sleep, file, work].join('\n'))
  const temporary = path.join(folder, `temporary-${count}`)
  const seen: number[] = []
  const started = performance.now()
  const limits = { firstMs: 1_000, stallMs: 1_500 }
  const outcome = await runInstaller(script, path.join(folder, 'dist'), temporary, limits, (bytes) => seen.push(bytes))
  expect(existsSync(temporary)).toBe(false)
  return { outcome, seen, seconds: (performance.now() - started) / 1000 }
}

test('ok/ a slow line that goes on arriving is waited for', async () => {
  const work = `for (let n = 0; n < 8; n++) { fs.appendFileSync(file, 'x'.repeat(1000)); await sleep(400) }`
  const { outcome, seen, seconds } = await run(work)
  expect(outcome).toBe('done')
  expect(seconds).toBeGreaterThan(2.5)
  expect(seen.at(-1)).toBe(8000)
})

test('fail/ a network that swallows the request is given up soon', async () => {
  const { outcome, seconds } = await run('await sleep(30_000)')
  expect(outcome).toBe('silent')
  expect(seconds).toBeLessThan(4)
})

test('fail/ a download that stops is given up', async () => {
  const { outcome, seconds } = await run(`fs.writeFileSync(file, 'x'); await sleep(30_000)`)
  expect(outcome).toBe('failed')
  expect(seconds).toBeLessThan(6)
})

test('fail/ an installer that says no', async () => {
  expect((await run('process.exit(1)')).outcome).toBe('silent')
})
