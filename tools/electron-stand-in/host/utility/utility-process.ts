import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { EventEmitter } from 'node:events'
import { existsSync } from 'node:fs'
import { constants } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import type * as Electron from 'electron'
import { guardClass } from '../guard.ts'
import { app } from '../process/app.ts'
import { distribution, nodeExecutable } from '../runtime.ts'
import type { MessagePortMain } from './message-ports.ts'
import type { WireMessage } from './wire.ts'
import { createWire } from './wire.ts'

const living = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of living) child.kill('SIGKILL')
})

/** Ends a child that hangs in a native call when this process is killed; without it, the child ends by itself. */
const SETPRIV = '/usr/bin/setpriv'

type Stdio = 'pipe' | 'ignore' | 'inherit'

class UtilityProcess extends EventEmitter {
  readonly stdout: Readable | null
  readonly stderr: Readable | null
  private readonly child: ChildProcess
  private readonly wire = createWire('parent', (message) => {
    if (this.child.connected) this.child.send(message)
  })
  private isGone = false

  constructor(modulePath: string, args: string[], options: Electron.ForkOptions) {
    super()
    const { execArgv = [], env = process.env, cwd, stdio = 'inherit', serviceName = 'Node Utility Process' } = options
    const list = Array.isArray(stdio) ? stdio : (['ignore', stdio, stdio] as Stdio[])
    const [, out = 'inherit', err = 'inherit'] = list
    const entry = join(distribution.folder, 'utility-child.mjs')
    const command = [
      nodeExecutable(),
      ...execArgv,
      '--unhandled-rejections=warn',
      '--disable-warning=ExperimentalWarning',
      entry,
      modulePath,
      ...args,
    ]
    if (process.platform === 'linux' && existsSync(SETPRIV)) command.unshift(SETPRIV, '--pdeathsig', 'KILL')
    const [executable = '', ...rest] = command
    this.child = spawn(executable, rest, {
      env: { ...(env as NodeJS.ProcessEnv), ELECTRON_STAND_IN_EXECUTABLE: process.execPath },
      stdio: ['ignore', out, err, 'ipc'],
      serialization: 'advanced',
      ...(cwd === undefined ? {} : { cwd }),
    })
    living.add(this.child)
    this.stdout = this.child.stdout
    this.stderr = this.child.stderr
    this.child.on('message', (message: WireMessage) => this.wire.receive(message, (data) => this.emit('message', data)))
    this.child.once('spawn', () => this.emit('spawn'))
    this.child.once('error', () => this.gone(1, null, serviceName))
    this.child.once('exit', (code, signal) => this.gone(code, signal, serviceName))
  }

  get pid(): number | undefined {
    return this.isGone ? undefined : this.child.pid
  }

  postMessage(message: unknown, transfer: MessagePortMain[] = []): void {
    this.wire.post(structuredClone(message), transfer)
  }

  kill(): boolean {
    return !this.isGone && this.child.kill('SIGTERM')
  }

  private gone(code: number | null, signal: NodeJS.Signals | null, name: string): void {
    if (this.isGone) return
    this.isGone = true
    living.delete(this.child)
    this.wire.closeAll()
    const exitCode = code ?? (signal ? constants.signals[signal] : 1)
    if (exitCode !== 0) {
      const reason = signal === null ? 'abnormal-exit' : /^SIG(TERM|KILL|INT)$/.test(signal) ? 'killed' : 'crashed'
      const details = { type: 'Utility', reason, exitCode, serviceName: 'node.mojom.NodeService', name }
      app.emit('child-process-gone', {}, details)
    }
    this.emit('exit', exitCode)
  }
}

guardClass(UtilityProcess, 'UtilityProcess')

export const utilityProcess = {
  fork(modulePath: string, args: string[] = [], options: Electron.ForkOptions = {}): UtilityProcess {
    if (!app.isReady()) throw new Error('utilityProcess cannot be created before app is ready')
    return new UtilityProcess(modulePath, args, options)
  },
}
