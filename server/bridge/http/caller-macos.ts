import { execFile } from 'node:child_process'
import { userInfo } from 'node:os'
import { promisify } from 'node:util'
import type { CallerVerdict, Connection, LookUpCaller } from './caller.ts'

const run = promisify(execFile)

const end = (address: string, port: number): string => `${address === '::1' ? '[::1]' : address}:${port}`

/** `lsof -F pun` prints one line a field: `p` process, `u` user id, then `n` for each of its sockets as `from->to`. */
const findUserId = (output: string, socket: string): number | null => {
  let userId: number | null = null
  for (const line of output.split('\n')) {
    if (line.startsWith('u')) userId = Number(line.slice(1))
    if (line === `n${socket}`) return userId
  }
  return null
}

/**
 * Without root lsof shows the own user's processes only. The bridge's own end of the connection passes the filter as well:
 * where that is listed, a missing row of the caller is somebody else's.
 */
export const lsofVerdict = (output: string, connection: Connection, ownUserId: number): CallerVerdict => {
  const here = end(connection.localAddress, connection.localPort)
  const there = end(connection.remoteAddress, connection.remotePort)
  const userId = findUserId(output, `${there}->${here}`)
  if (userId !== null) return userId === ownUserId ? 'same_user' : 'other_user'
  return findUserId(output, `${here}->${there}`) === null ? 'unknown' : 'other_user'
}

export const lookUpMacCaller: LookUpCaller = async (connection): Promise<CallerVerdict> => {
  const filter = `-iTCP:${connection.remotePort}`
  const { stdout } = await run('/usr/sbin/lsof', ['-nP', filter, '-F', 'pun'], { timeout: 2000 })
  return lsofVerdict(stdout, connection, userInfo().uid)
}
