import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { expect, it } from 'vitest'
import { killAtOnce } from './kill-at-once.ts'

it('ok/ a process that waits is ended', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)'])
  killAtOnce(child.pid!)
  expect(await once(child, 'exit')).toEqual([null, 'SIGKILL'])
})

it('ok/ one that has ended is no error', () => {
  const { pid } = spawnSync(process.execPath, ['-e', ''])
  expect(() => killAtOnce(pid)).not.toThrow()
})
