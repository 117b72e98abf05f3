import { readFile } from 'node:fs/promises'
import type { CallerVerdict, Connection, LookUpCaller } from './caller.ts'

/** Bytes of an address as /proc/net/tcp(6) writes them: 32-bit words in host order, so little endian on every platform here. */
const hexAddress = (address: string): string => {
  if (address === '::1') return '00000000000000000000000001000000'
  return address
    .split('.')
    .map((part) => Number(part).toString(16).padStart(2, '0'))
    .reverse()
    .join('')
    .toUpperCase()
}

const hexEnd = (address: string, port: number): string =>
  `${hexAddress(address)}:${port.toString(16).toUpperCase().padStart(4, '0')}`

/**
 * The user id in the row of the caller's own socket (proc(5), tcp: columns sl local remote st queues timer retrnsmt uid).
 * A socket that its process has closed shows uid 0 and inode 0: such a caller is nobody, never the right user.
 */
export const findUserId = (table: string, connection: Connection): number | null => {
  const local = hexEnd(connection.remoteAddress, connection.remotePort)
  const remote = hexEnd(connection.localAddress, connection.localPort)
  const at = table.indexOf(`${local} ${remote} `)
  if (at < 0) return null
  const end = table.indexOf('\n', at)
  const columns = table
    .slice(at, end < 0 ? undefined : end)
    .trim()
    .split(/\s+/)
  const userId = Number(columns[6])
  return Number.isInteger(userId) ? userId : null
}

export const lookUpLinuxCaller: LookUpCaller = async (connection): Promise<CallerVerdict> => {
  const table = await readFile(connection.remoteAddress === '::1' ? '/proc/net/tcp6' : '/proc/net/tcp', 'latin1')
  const userId = findUserId(table, connection)
  if (userId === null) return 'unknown'
  return userId === process.getuid?.() ? 'same_user' : 'other_user'
}
