import { readdirSync, readFileSync } from 'node:fs'
import type * as Electron from 'electron'
import { running } from '../runtime.ts'

const TYPES: Record<string, Electron.ProcessMetric['type']> = {
  renderer: 'Tab',
  'gpu-process': 'GPU',
  zygote: 'Zygote',
  utility: 'Utility',
}

const PAGE_KIB = 4
const TICKS_PER_SECOND = 100

/** The processes of the program and of its browser, from /proc; elsewhere than on Linux only the program itself. */
export function appMetrics(): Electron.ProcessMetric[] {
  const own: Electron.ProcessMetric = {
    pid: process.pid,
    type: 'Browser',
    creationTime: performance.timeOrigin,
    cpu: { percentCPUUsage: 0, cumulativeCPUUsage: process.cpuUsage().user / 1e6, idleWakeupsPerSecond: 0 },
    memory: memoryOf(process.memoryUsage.rss() / 1024),
  }
  if (process.platform !== 'linux' || !running) return [own]
  const browserGroup = String(running.browser.pid)
  const others = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => readMetric(pid, browserGroup))
  return [own, ...others]
}

const memoryOf = (workingSetSize: number): Electron.MemoryInfo => ({
  workingSetSize: Math.round(workingSetSize),
  peakWorkingSetSize: Math.round(workingSetSize),
})

function readMetric(pid: string, browserGroup: string): Electron.ProcessMetric[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
    const [parent = '', group = ''] = [stat[1], stat[2]]
    const isOfBrowser = group === browserGroup
    if (!isOfBrowser && parent !== String(process.pid)) return []
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8')
    const [, type = ''] = /--type=([a-z-]+)/.exec(command) ?? []
    const [, resident = '0'] = readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')
    const cpuSeconds = (Number(stat[11]) + Number(stat[12])) / TICKS_PER_SECOND
    return [
      {
        pid: Number(pid),
        type: isOfBrowser ? (TYPES[type] ?? 'Unknown') : 'Utility',
        creationTime: 0,
        cpu: { percentCPUUsage: 0, cumulativeCPUUsage: cpuSeconds, idleWakeupsPerSecond: 0 },
        memory: memoryOf(Number(resident) * PAGE_KIB),
      },
    ]
  } catch {
    // The process ended while it was being read.
    return []
  }
}
