import { utilityProcess } from 'electron'
import { killAtOnce } from '#native/kill-at-once.ts'
import type { HelperProcess, SpawnHelper } from '#native/helper-process.ts'

/** Token helpers as Electron's utility processes: a vendor's driver crashes there and nowhere else (R14). */
export const createUtilityProcessSpawner =
  (helperPath: string): SpawnHelper =>
  (_modulePath, driverId, env): HelperProcess => {
    const { NODE_OPTIONS: _options, ...inherited } = process.env
    const child = utilityProcess.fork(helperPath, [], {
      serviceName: `token-helper-${driverId}`,
      env: { ...definedOnly(inherited), ...env },
      stdio: 'ignore',
      // macOS refuses libraries of another signer under the hardened runtime; vendors' drivers are just that.
      ...(process.platform === 'darwin' ? { allowLoadingUnsignedLibraries: true } : {}),
    })
    let exit: ((code: number | null) => void) | null = null
    child.once('exit', (code) => {
      exit?.(code)
      exit = null
    })
    return {
      postMessage: (message) => child.postMessage(message),
      onMessage: (listener) => {
        child.on('message', listener)
      },
      onExit: (listener) => {
        exit = listener
      },
      kill: () => {
        const { pid } = child
        // `kill()` asks with SIGTERM, which a process inside a hanging driver call does not hear.
        if (pid === undefined || process.platform === 'win32') child.kill()
        else killAtOnce(pid)
      },
    }
  }

const definedOnly = (env: NodeJS.ProcessEnv): Record<string, string> =>
  Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined))
