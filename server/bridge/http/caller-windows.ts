import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { userInfo } from 'node:os'
import { promisify } from 'node:util'
import type { CallerVerdict, Connection, LookUpCaller } from './caller.ts'

const run = promisify(execFile)

const end = (address: string, port: number): string => `${address === '::1' ? '[::1]' : address}:${port}`

/** `netstat -ano` rows: protocol, local, foreign, state, process id; the state's word is translated, its place is not. */
const findProcessId = (output: string, connection: Connection): number | null => {
  const local = end(connection.remoteAddress, connection.remotePort)
  const foreign = end(connection.localAddress, connection.localPort)
  for (const line of output.split('\n')) {
    const columns = line.trim().split(/\s+/)
    if (columns[1] === local && columns[2] === foreign) return Number(columns[4])
  }
  return null
}

/** `tasklist /fo csv /nh` prints a quoted row a process, and a translated sentence without quotes when none fits. */
const listsProcess = (output: string, processId: number): boolean =>
  output.split('\n').some((line) => line.startsWith('"') && line.includes(`,"${processId}",`))

/** What the two tools print, asked for with these arguments. */
export interface WindowsTools {
  readonly netstat: (...args: string[]) => Promise<string>
  readonly tasklist: (...args: string[]) => Promise<string>
}

/**
 * Both list the processes of every user, so a missing row is a caller that has gone. The user of another's process is not
 * told, but the filter by user name finds the own ones. `account`: domain\name.
 */
export const createWindowsLookUp =
  ({ netstat, tasklist }: WindowsTools, account: string): LookUpCaller =>
  async (connection): Promise<CallerVerdict> => {
    const protocol = connection.remoteAddress === '::1' ? 'TCPv6' : 'TCP'
    const processId = findProcessId(await netstat('-ano', '-p', protocol), connection)
    if (processId === null) return 'unknown'
    const isListed = async (...filters: string[]) => {
      const args = [`PID eq ${processId}`, ...filters].flatMap((filter) => ['/fi', filter])
      return listsProcess(await tasklist(...args, '/fo', 'csv', '/nh'), processId)
    }
    if (await isListed(`USERNAME eq ${account}`)) return 'same_user'
    return (await isListed()) ? 'other_user' : 'unknown'
  }

const tool =
  (name: string) =>
  async (...args: string[]): Promise<string> => {
    const file = join(process.env.SystemRoot ?? 'C:\\Windows', 'System32', name)
    return (await run(file, args, { timeout: 3000, windowsHide: true })).stdout
  }

export const lookUpWindowsCaller: LookUpCaller = (connection) => {
  const account = `${process.env.USERDOMAIN ?? '.'}\\${userInfo().username}`
  return createWindowsLookUp({ netstat: tool('netstat.exe'), tasklist: tool('tasklist.exe') }, account)(connection)
}
