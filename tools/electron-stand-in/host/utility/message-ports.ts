import { EventEmitter } from 'node:events'
import { guardClass } from '../guard.ts'

interface Packet {
  data: unknown
  ports: MessagePortMain[]
}

/** One end of a channel. Messages wait until `start`, as in Electron. */
export class MessagePortMain extends EventEmitter {
  private peer: MessagePortMain | null = null
  private waiting: Packet[] = []
  private isStarted = false
  private isClosed = false

  postMessage(message: unknown, transfer: MessagePortMain[] = []): void {
    if (this.isClosed) return
    const packet = { data: structuredClone(message), ports: transfer.map((port) => port._detach()) }
    const { peer } = this
    setImmediate(() => peer?.receive(packet))
  }

  start(): void {
    this.isStarted = true
    const packets = this.waiting
    this.waiting = []
    for (const packet of packets) this.emit('message', packet)
  }

  close(): void {
    if (this.isClosed) return
    this.isClosed = true
    const { peer } = this
    setImmediate(() => {
      this.emit('close')
      peer?.close()
    })
  }

  /** Internal: a sent port lives on as a new object; the old one is neutered. */
  _detach(): MessagePortMain {
    const { peer } = this
    if (!peer) throw new Error('Port is already neutered')
    const successor = new MessagePortMain()
    successor.waiting = this.waiting
    link(successor, peer)
    this.peer = null
    this.isClosed = true
    return successor
  }

  _link(peer: MessagePortMain): void {
    this.peer = peer
  }

  private receive(packet: Packet): void {
    if (this.isClosed) return
    if (this.isStarted) this.emit('message', packet)
    else this.waiting.push(packet)
  }
}

guardClass(MessagePortMain, 'MessagePortMain')

function link(one: MessagePortMain, other: MessagePortMain): void {
  one._link(other)
  other._link(one)
}

export class MessageChannelMain {
  readonly port1 = new MessagePortMain()
  readonly port2 = new MessagePortMain()

  constructor() {
    link(this.port1, this.port2)
  }
}
