import { EventEmitter } from 'node:events'
import { guardClass } from '../guard.ts'

/** Can be listened to; nothing here tells of sleep or a locked screen. */
class PowerMonitor extends EventEmitter {}

guardClass(PowerMonitor, 'powerMonitor')

export const powerMonitor = new PowerMonitor()
