import { symlinkSync } from 'node:fs'
import path from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { systemClock } from './clock.ts'
import { createDriverSupervisor } from './driver-supervisor.ts'
import { createFakeHelpers } from './fake-helper.ts'
import { DEFAULT_LIMITS } from './helper-client.ts'
import { quietLog, temporaryDirectory } from './test-support.ts'

const { directory, remove } = temporaryDirectory()
afterAll(remove)

it('a driver that is installed while several lists are asked for starts one helper, and none is left behind', async () => {
  const file = path.join(directory, 'later.so')
  const helpers = createFakeHelpers()
  const supervisor = createDriverSupervisor(
    { id: 'later', name: '', vendor: '', origin: 'shipped', paths: [file] },
    { spawnHelper: helpers.spawn, clock: systemClock, log: quietLog, limits: DEFAULT_LIMITS, pollMs: 1_000 },
    () => undefined,
  )
  await supervisor.refresh(false)
  expect(supervisor.state().state).toBe('not_installed')

  // Any file with the header of this computer's programs: the fake helpers load nothing.
  symlinkSync(process.execPath, file)
  await Promise.all([supervisor.refresh(false), supervisor.refresh(true), supervisor.refresh(false)])
  expect(supervisor.state().state).toBe('ready')
  expect(helpers.spawned()).toBe(1)
  await supervisor.close()
  expect(helpers.alive()).toBe(0)
})
