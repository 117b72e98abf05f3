import { readFileSync } from 'node:fs'

const MIB = 1024 * 1024

/**
 * Memory of a Linux process in MiB: `peak` is VmHWM, `now` is VmRSS (proc(5)). VmHWM belongs to the address space, so
 * unlike ru_maxrss it does not start at the size of the parent that forked.
 */
export const memoryOf = (pid: number | 'self'): { readonly now: number; readonly peak: number } => {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const field = (name: string): number => (Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)?.[1]) * 1024) / MIB
  return { now: field('VmRSS'), peak: field('VmHWM') }
}

/** Proportional set size in MiB: pages that several processes share count once over all of them. */
export const shareOf = (pid: number): number => {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')
  return (Number(/^Pss:\s+(\d+) kB/m.exec(rollup)?.[1]) * 1024) / MIB
}
