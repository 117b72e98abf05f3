import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { SpawnHelper } from './helper-process.ts'

const HELPER = fileURLToPath(new URL('./helper/token-helper.ts', import.meta.url))

/** Helpers by `child_process.fork`: for Node, tests and benchmarks. */
export const createChildProcessSpawner =
  (helperPath: string = HELPER): SpawnHelper =>
  (_modulePath, _driverId, env) => {
    const { NODE_OPTIONS: _options, ...inherited } = process.env
    const child = fork(helperPath, [], {
      serialization: 'advanced',
      env: { ...inherited, ...env },
      execArgv: [],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    let exit: ((code: number | null) => void) | null = null
    const gone = (code: number | null): void => {
      exit?.(code)
      exit = null
    }
    child.on('exit', gone)
    // Not started, or a message to a process that just ended: the exit says the rest.
    child.on('error', () => {
      if (child.pid === undefined) gone(null)
    })
    return {
      postMessage: (message) => {
        if (child.connected) child.send(message as Parameters<typeof child.send>[0])
      },
      onMessage: (listener) => {
        child.on('message', listener)
      },
      onExit: (listener) => {
        exit = listener
      },
      kill: () => {
        child.kill('SIGKILL')
      },
    }
  }
