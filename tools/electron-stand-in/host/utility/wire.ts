import { MessageChannelMain } from './message-ports.ts'
import type { MessagePortMain } from './message-ports.ts'

export type WireMessage =
  | { kind: 'message'; data: unknown; ports: string[] }
  | { kind: 'port'; port: string; data: unknown; ports: string[] }
  | { kind: 'port-closed'; port: string }

/** Carries messages and the ports sent with them over one process channel; both ends use it alike. */
export function createWire(side: 'parent' | 'child', send: (message: WireMessage) => void) {
  const bridged = new Map<string, MessagePortMain>()
  let lastPort = 0

  /** The port's other end may be anywhere: what arrives at it goes over the wire, and the other way round. */
  function bridge(port: MessagePortMain, id: string): void {
    bridged.set(id, port)
    port.on('message', ({ data, ports }: { data: unknown; ports: MessagePortMain[] }) =>
      send({ kind: 'port', port: id, data, ports: lend(ports) }),
    )
    port.once('close', () => {
      if (bridged.delete(id)) send({ kind: 'port-closed', port: id })
    })
    port.start()
  }

  const lend = (ports: MessagePortMain[]): string[] =>
    ports.map((port) => {
      const id = `${side}-${++lastPort}`
      bridge(port, id)
      return id
    })

  const borrow = (ids: string[]): MessagePortMain[] =>
    ids.map((id) => {
      const { port1, port2 } = new MessageChannelMain()
      bridge(port2, id)
      return port1
    })

  return {
    post: (data: unknown, ports: MessagePortMain[]): void =>
      send({ kind: 'message', data, ports: lend(ports.map((port) => port._detach())) }),
    receive(message: WireMessage, onMessage: (data: unknown, ports: MessagePortMain[]) => void): void {
      if (message.kind === 'message') onMessage(message.data, borrow(message.ports))
      else if (message.kind === 'port') bridged.get(message.port)?.postMessage(message.data, borrow(message.ports))
      else {
        const port = bridged.get(message.port)
        bridged.delete(message.port)
        port?.close()
      }
    },
    closeAll(): void {
      for (const port of bridged.values()) port.close()
      bridged.clear()
    },
  }
}
