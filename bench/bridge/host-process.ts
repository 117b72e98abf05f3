import { fork } from 'node:child_process'
import { once } from 'node:events'
import { bundle } from '../harness/bundle.ts'
import type { HostAnswer, HostOptions, HostReport } from './host.ts'

export interface HostProcess {
  readonly pid: number
  readonly port: number
  /** Of bare-server.ts. */
  readonly barePort: number
  /** Ends the logins that are kept, sets whether further ones are, and tells what was seen since the last turn. */
  readonly turn: (keepsKeys: boolean) => Promise<HostReport>
  readonly close: () => Promise<void>
}

export const startHost = async (options: HostOptions, execArgv: readonly string[] = []): Promise<HostProcess> => {
  const child = fork(await bundle('bench/bridge/host.ts'), [JSON.stringify(options)], { execArgv: [...execArgv] })
  let isClosing = false
  const ended = once(child, 'exit').then(() => {
    if (!isClosing) throw new Error('the host ended')
  })
  const next = (): Promise<HostAnswer> =>
    new Promise((resolve, reject) => {
      child.once('message', (answer) => resolve(answer as HostAnswer))
      ended.catch(reject)
    })
  const ready = await next()
  if (!('port' in ready)) throw new Error('the host did not begin with its port')
  return {
    pid: child.pid ?? 0,
    port: ready.port,
    barePort: ready.barePort,
    turn: async (keepsKeys) => {
      child.send({ keepsKeys })
      const answer = await next()
      if ('port' in answer) throw new Error('the host started twice')
      return answer
    },
    close: async () => {
      isClosing = true
      child.disconnect()
      await ended
    },
  }
}
