import { EventEmitter } from 'node:events'
import { dirname, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { missingExport } from '../guard.ts'
import { provideElectron } from '../module-hooks.ts'
import type { MessagePortMain } from './message-ports.ts'
import type { WireMessage } from './wire.ts'
import { createWire } from './wire.ts'

/** Runs in the child before its module: `process.parentPort`, and an end when the parent is gone. */
class ParentPort extends EventEmitter {
  private waiting: { data: unknown; ports: MessagePortMain[] }[] = []
  private readonly wire = createWire('child', (message) => process.send?.(message))

  constructor() {
    super()
    process.on('message', (message: WireMessage) =>
      this.wire.receive(message, (data, ports) => {
        if (this.listenerCount('message') > 0) this.emit('message', { data, ports })
        else this.waiting.push({ data, ports })
      }),
    )
    this.on('newListener', (event) => {
      if (event === 'message') setImmediate(() => this.flush())
    })
  }

  postMessage(message: unknown): void {
    this.wire.post(message, [])
  }

  private flush(): void {
    const waiting = this.waiting
    this.waiting = []
    for (const event of waiting) this.emit('message', event)
  }
}

process.on('disconnect', () => process.exit())

const executable = process.env.ELECTRON_STAND_IN_EXECUTABLE ?? process.execPath
delete process.env.ELECTRON_STAND_IN_EXECUTABLE
const [, entry = '', modulePath = '', ...args] = process.argv
process.argv = [executable, modulePath, ...args]
process.execPath = executable
Object.defineProperty(process, 'type', { value: 'utility', enumerable: true })
Object.defineProperty(process, 'parentPort', { value: new ParentPort(), enumerable: true })
provideElectron({ net: missingExport('net in a utility process') }, dirname(entry))

await import(pathToFileURL(resolve(modulePath)).href)
