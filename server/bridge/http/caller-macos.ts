import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { CallerVerdict, Connection, LookUpCaller } from './caller.ts'

const run = promisify(execFile)

const end = (address: string, port: number): string => `${address === '::1' ? '[::1]' : address}:${port}`

/**
 * `lsof -F pun` prints one line a field: `p` process, `u` user id, then `n` for each of its sockets as `from->to`.
 * Without root lsof shows the own user's processes only: a missing row of a live connection is somebody else's.
 */
export const findLsofUserId = (output: string, connection: Connection): number | null => {
  const socket = `n${end(connection.remoteAddress, connection.remotePort)}->${end(connection.localAddress, connection.localPort)}`
  let userId: number | null = null
  for (const line of output.split('\n')) {
    if (line.startsWith('u')) userId = Number(line.slice(1))
    if (line === socket) return userId
  }
  return null
}

export const lookUpMacCaller: LookUpCaller = async (connection): Promise<CallerVerdict> => {
  const filter = `-iTCP:${connection.remotePort}`
  const { stdout } = await run('/usr/sbin/lsof', ['-nP', filter, '-F', 'pun'], { timeout: 2000 })
  const userId = findLsofUserId(stdout, connection)
  if (userId === null) return 'unknown'
  return userId === process.getuid?.() ? 'same_user' : 'other_user'
}
