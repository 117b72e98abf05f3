import { EventEmitter } from 'node:events'
import { createCodec } from '../../shared/codec.ts'
import type { HostMessage } from '../../shared/messages.ts'
import { guardObject } from '../guard.ts'

type Handler = (event: object, ...args: unknown[]) => unknown

export const codec = createCodec({
  toText: (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64'),
  toBytes: (text) => new Uint8Array(Buffer.from(text, 'base64')),
})

class IpcMain extends EventEmitter {
  private readonly handlers = new Map<string, Handler>()

  handle(channel: string, handler: Handler): void {
    if (this.handlers.has(channel)) throw new Error(`Attempted to register a second handler for '${channel}'`)
    this.handlers.set(channel, handler)
  }

  handleOnce(channel: string, handler: Handler): void {
    this.handle(channel, (event, ...args) => {
      this.removeHandler(channel)
      return handler(event, ...args)
    })
  }

  removeHandler(channel: string): void {
    this.handlers.delete(channel)
  }

  _handler(channel: string): Handler | undefined {
    return this.handlers.get(channel)
  }
}

export const createIpc = (name: string): IpcMain => guardObject(new IpcMain(), name)
export const ipcMain = createIpc('ipcMain')

export type { IpcMain }

export async function answerInvoke(
  scopes: IpcMain[],
  event: object,
  call: { id: number; channel: string; args: string },
  reply: (message: HostMessage) => void,
): Promise<void> {
  try {
    const handler = scopes.map((scope) => scope._handler(call.channel)).find((found) => found !== undefined)
    if (!handler) throw new Error(`No handler registered for '${call.channel}'`)
    const result = await handler(event, ...(codec.decode(call.args) as unknown[]))
    reply({ kind: 'result', id: call.id, value: codec.encode(result) })
  } catch (error) {
    reply({ kind: 'failure', id: call.id, message: String(error) })
  }
}

export function emitSend(scopes: IpcMain[], event: object, call: { channel: string; args: string }): void {
  const args = codec.decode(call.args) as unknown[]
  for (const scope of scopes) scope.emit(call.channel, event, ...args)
}
