import { EventEmitter } from 'node:events'
import type * as Electron from 'electron'
import { guardClass } from '../guard.ts'
import { errorText } from '../log.ts'
import { findTool, hasDisplay, runTool } from './desktop-tools.ts'

const notifySend = (): string | null => (hasDisplay() ? findTool('notify-send') : null)

export class Notification extends EventEmitter {
  title: string
  body: string
  silent: boolean

  constructor(options: Electron.NotificationConstructorOptions = {}) {
    super()
    this.title = options.title ?? ''
    this.body = options.body ?? ''
    this.silent = options.silent ?? false
  }

  static isSupported(): boolean {
    return notifySend() !== null
  }

  show(): void {
    const tool = notifySend()
    if (!tool) {
      setImmediate(() => this.emit('failed', {}, 'notifications need a display and notify-send in the stand-in'))
      return
    }
    runTool(tool, ['--', this.title, this.body]).then(
      () => this.emit('show', {}),
      (error: unknown) => this.emit('failed', {}, errorText(error)),
    )
  }

  close(): void {
    this.emit('close', {})
  }
}

guardClass(Notification, 'Notification')
