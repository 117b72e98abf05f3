import { spawn, type ChildProcess } from 'node:child_process'
import { readFile, readlink } from 'node:fs/promises'
import path from 'node:path'
import type { Stage } from '#tools/demo/stage.ts'
import { processIdentity } from '#tools/electron-stand-in/host/process/single-instance.ts'
import { root } from '../root.mjs'
import type { ChosenElectron } from './electron.ts'

const lifeline = path.join(import.meta.dirname, 'lifeline.mjs')

/** The client, which ends when this process does: then the IPC channel closes. */
export const startClient = (
  { executable }: Pick<ChosenElectron, 'executable'>,
  { clientData, env }: Pick<Stage, 'clientData' | 'env'>,
  application = '.',
): ChildProcess =>
  spawn(executable, ['-r', lifeline, application, `--user-data-dir=${clientData}`], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    shell: executable.endsWith('.cmd'),
  })

/** `up`: its first window has loaded. `closed`: it ended before. */
export const whenUp = (client: ChildProcess): Promise<'up' | 'closed'> =>
  new Promise((resolve, reject) => {
    client.once('message', () => resolve('up'))
    client.once('close', () => resolve('closed'))
    client.once('error', reject)
  })

/**
 * Process id of the living client that holds this data: from the stand-in's lock, or from Chromium's `SingletonLock`, a
 * link to `host-pid`. Null when there is none, and on Windows, where Electron's lock is a window's title.
 */
export const clientUsing = async (clientData: string): Promise<number | null> => {
  const owner = await readFile(path.join(clientData, 'Instance/lock'), 'utf8').catch(() => '')
  const standIn = Number(owner.split(' ')[0])
  if (owner !== '' && processIdentity(standIn) === owner) return standIn
  const link = await readlink(path.join(clientData, 'SingletonLock')).catch(() => '')
  const electron = Number(/-(\d+)$/.exec(link)?.[1] ?? 0)
  return electron > 0 && processIdentity(electron) !== null ? electron : null
}
