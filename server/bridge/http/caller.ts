import type { Socket } from 'node:net'

/** R7. Whose process is at the other end: `unknown` where the system does not tell, which is let through and logged. */
export type CallerVerdict = 'same_user' | 'other_user' | 'unknown'

export interface Connection {
  readonly localAddress: string
  readonly localPort: number
  readonly remoteAddress: string
  readonly remotePort: number
}

export type LookUpCaller = (connection: Connection) => Promise<CallerVerdict>

/** One look-up a connection: its other end cannot change hands while it is open. */
export const createCallerCheck = (lookUp: LookUpCaller, onUnknown: (error: unknown) => void) => {
  const known = new WeakMap<Socket, CallerVerdict>()

  return {
    known: (socket: Socket): CallerVerdict | undefined => known.get(socket),
    find: async (socket: Socket): Promise<CallerVerdict> => {
      const verdict = await ask(socket, lookUp).catch((error: unknown) => {
        onUnknown(error)
        return 'unknown' as const
      })
      known.set(socket, verdict)
      return verdict
    },
  }
}

const ask = async (socket: Socket, lookUp: LookUpCaller): Promise<CallerVerdict> => {
  const { localAddress, localPort, remoteAddress, remotePort } = socket
  if (localAddress === undefined || localPort === undefined) return 'unknown'
  if (remoteAddress === undefined || remotePort === undefined) return 'unknown'
  return lookUp({ localAddress, localPort, remoteAddress, remotePort })
}
