import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { buildDist } from '#tools/electron-stand-in/build-dist.mjs'
import { root } from '../root.mjs'
import { clientUsing } from './client.ts'

const application = path.join(root, 'tools/electron-stand-in/testdata/app')

const temporaryFolder = (): string => {
  const folder = mkdtempSync(path.join(tmpdir(), 'start-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }))
  return folder
}

/** A process that starts a client and prints `up` or `closed`. */
const starter = async (clientData: string): Promise<{ child: ChildProcess; answer: Promise<string> }> => {
  const executable = path.join(await buildDist(), 'electron')
  const script = `
    import { startClient, whenUp } from ${JSON.stringify(path.join(import.meta.dirname, 'client.ts'))}
    const client = startClient(${JSON.stringify({ executable })}, ${JSON.stringify({ clientData, env: { CONTRACT_SINGLE_INSTANCE: '1' } })}, ${JSON.stringify(application)})
    process.stdout.write('<' + (await whenUp(client)) + '>')`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
    cwd: root,
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const answer = new Promise<string>((resolve) => {
    let text = ''
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString()
      const word = /<(\w+)>/.exec(text)?.[1]
      if (word !== undefined) resolve(word)
    })
  })
  return { child, answer }
}

test('a client ends with the killed process that started it; a second one with the same data closes', async () => {
  const data = temporaryFolder()
  const first = await starter(data)
  expect(await first.answer).toBe('up')
  expect(await clientUsing(data)).toBeGreaterThan(0)
  const second = await starter(data)
  expect(await second.answer).toBe('closed')

  first.child.kill('SIGKILL')
  await expect.poll(() => clientUsing(data), { timeout: 10_000 }).toBeNull()
})

test("Electron's own lock names its holder too, unless that is dead", async () => {
  const data = temporaryFolder()
  const lock = path.join(data, 'SingletonLock')
  symlinkSync(`some-host-${process.pid}`, lock)
  expect(await clientUsing(data)).toBe(process.pid)
  const ended = spawn(process.execPath, ['-e', ''])
  await once(ended, 'close')
  rmSync(lock)
  symlinkSync(`some-host-${String(ended.pid)}`, lock)
  expect(await clientUsing(data)).toBeNull()
})
