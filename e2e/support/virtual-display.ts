/** A display for windows that are really shown: Xvfb on the first free number. */
import { spawn, type ChildProcess } from 'node:child_process'
import type { Readable } from 'node:stream'
import { endProcess } from '#tools/demo/stage.ts'

export interface VirtualDisplay {
  readonly name: string
  readonly close: () => Promise<void>
}

export const openDisplay = async (): Promise<VirtualDisplay> => {
  // -displayfd: Xvfb chooses the number and writes it when it is ready.
  const child: ChildProcess = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1400x900x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  })
  const number = await new Promise<string>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`Xvfb ended with ${String(code)}`)))
    const channel = child.stdio[3] as Readable
    channel.once('data', (chunk: Buffer) => resolve(chunk.toString().trim()))
  })
  return { name: `:${number}`, close: () => endProcess(child) }
}
