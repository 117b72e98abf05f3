import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { userInfo } from 'node:os'
import { promisify } from 'node:util'
import type { CallerVerdict, Connection, LookUpCaller } from './caller.ts'

const run = promisify(execFile)

const end = (address: string, port: number): string => `${address === '::1' ? '[::1]' : address}:${port}`

/** `netstat -ano` rows: protocol, local, foreign, state, process id; the state's word is translated, its place is not. */
export const findProcessId = (output: string, connection: Connection): number | null => {
  const local = end(connection.remoteAddress, connection.remotePort)
  const foreign = end(connection.localAddress, connection.localPort)
  for (const line of output.split('\n')) {
    const columns = line.trim().split(/\s+/)
    if (columns[1] === local && columns[2] === foreign) return Number(columns[4])
  }
  return null
}

/** `tasklist /fo csv /nh` prints a quoted row a process, and a translated sentence without quotes when none fits. */
export const listsProcess = (output: string, processId: number): boolean =>
  output.split('\n').some((line) => line.startsWith('"') && line.includes(`,"${processId}",`))

export const lookUpWindowsCaller: LookUpCaller = async (connection): Promise<CallerVerdict> => {
  const system = join(process.env.SystemRoot ?? 'C:\\Windows', 'System32')
  const tasks = async (...filters: string[]) => {
    const args = [...filters.flatMap((filter) => ['/fi', filter]), '/fo', 'csv', '/nh']
    return (await run(join(system, 'tasklist.exe'), args, { timeout: 3000, windowsHide: true })).stdout
  }
  const protocol = connection.remoteAddress === '::1' ? 'TCPv6' : 'TCP'
  const netstat = await run(join(system, 'netstat.exe'), ['-ano', '-p', protocol], { timeout: 3000, windowsHide: true })
  const processId = findProcessId(netstat.stdout, connection)
  if (processId === null) return 'unknown'
  const own = `USERNAME eq ${process.env.USERDOMAIN ?? '.'}\\${userInfo().username}`
  if (listsProcess(await tasks(`PID eq ${processId}`, own), processId)) return 'same_user'
  return listsProcess(await tasks(`PID eq ${processId}`), processId) ? 'other_user' : 'unknown'
}
