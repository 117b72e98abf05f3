import type { Codec } from '../shared/codec.ts'
import type { HostMessage, PageMessage } from '../shared/messages.ts'
import { Emitter } from './emitter.ts'

interface Pending {
  resolve: (value: unknown) => void
  reject: (error: Error) => void
}

export function createIpcRenderer(codec: Codec, post: (message: PageMessage) => void) {
  const pending = new Map<number, Pending>()
  let lastId = 0

  class IpcRenderer extends Emitter {
    send(channel: string, ...args: unknown[]): void {
      post({ kind: 'send', channel, args: codec.encode(args) })
    }

    async invoke(channel: string, ...args: unknown[]): Promise<unknown> {
      const text = codec.encode(args)
      const id = ++lastId
      const result = new Promise((resolve, reject) => {
        pending.set(id, { resolve, reject })
      })
      post({ kind: 'invoke', id, channel, args: text })
      return result.catch((error: unknown) => {
        const { message } = error as Error
        throw new Error(`Error invoking remote method '${channel}': ${message}`)
      })
    }
  }

  const renderer = new IpcRenderer()

  function receive(message: HostMessage): void {
    if (message.kind === 'event') {
      renderer.emit(message.channel, { sender: renderer, ports: [] }, ...(codec.decode(message.args) as unknown[]))
      return
    }
    const waiting = pending.get(message.id)
    pending.delete(message.id)
    if (message.kind === 'result') waiting?.resolve(codec.decode(message.value))
    else waiting?.reject(new Error(message.message))
  }

  return { renderer, receive }
}
