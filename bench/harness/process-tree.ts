import { readdirSync, readFileSync } from 'node:fs'

export interface ProcessEntry {
  readonly pid: number
  readonly command: string
}

const read = (pid: number): { parent: number; command: string } | null => {
  try {
    // proc(5): the name in brackets may itself hold blanks and brackets; the parent is the second field behind it.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
    return { parent, command: readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim() }
  } catch {
    // Ended while it was read.
    return null
  }
}

/** A process and all that descend from it. */
export const processTree = (root: number): ProcessEntry[] => {
  const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  const entries = new Map(all.map((name) => [Number(name), read(Number(name))]))
  const found: ProcessEntry[] = []
  const visit = (pid: number): void => {
    const entry = entries.get(pid)
    if (!entry) return
    found.push({ pid, command: entry.command })
    for (const [child, other] of entries) if (other?.parent === pid) visit(child)
  }
  visit(root)
  return found
}
