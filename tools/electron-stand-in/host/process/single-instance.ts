import { randomUUID } from 'node:crypto'
import type { FSWatcher } from 'node:fs'
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, watch, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Greeting {
  argv: string[]
  cwd: string
  additionalData: unknown
}

/** Tells a living owner from another process that got its number: the kernel's start time belongs to the identity. */
export function processIdentity(pid: number): string | null {
  try {
    process.kill(pid, 0)
    if (process.platform !== 'linux') return String(pid)
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
    return `${pid} ${fields[19] ?? ''}`
  } catch {
    return null
  }
}

/**
 * One program per profile. `requestSingleInstanceLock` answers at once, so the lock is a file, and what a second
 * instance has to say is a file in the first one's inbox.
 */
export function createInstanceLock(folder: () => string) {
  let watcher: FSWatcher | null = null
  const lockFile = (): string => join(folder(), 'lock')
  const inbox = (): string => join(folder(), 'inbox')

  function takeLock(identity: string): boolean {
    try {
      writeFileSync(lockFile(), identity, { flag: 'wx', mode: 0o600 })
      return true
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
      throw error
    }
  }

  function isOwnerAlive(): boolean {
    try {
      const owner = readFileSync(lockFile(), 'utf8')
      return processIdentity(Number(owner.split(' ')[0])) === owner
    } catch {
      return false
    }
  }

  function listen(onGreeting: (greeting: Greeting) => void): void {
    const receive = (): void => {
      for (const name of readdirSync(inbox()).filter((file) => file.endsWith('.json'))) {
        const path = join(inbox(), name)
        const greeting = JSON.parse(readFileSync(path, 'utf8')) as Greeting
        rmSync(path)
        onGreeting(greeting)
      }
    }
    rmSync(inbox(), { recursive: true, force: true })
    mkdirSync(inbox(), { mode: 0o700 })
    watcher = watch(inbox(), { persistent: false }, receive)
  }

  function greet(greeting: Greeting): void {
    const name = randomUUID()
    mkdirSync(inbox(), { recursive: true, mode: 0o700 })
    const draft = join(inbox(), `${name}.tmp`)
    writeFileSync(draft, JSON.stringify(greeting), { mode: 0o600 })
    renameSync(draft, join(inbox(), `${name}.json`))
  }

  return {
    request(greeting: Greeting, onGreeting: (greeting: Greeting) => void): boolean {
      if (watcher) return true
      mkdirSync(folder(), { recursive: true, mode: 0o700 })
      const identity = processIdentity(process.pid) ?? String(process.pid)
      if (!takeLock(identity)) {
        if (isOwnerAlive()) {
          greet(greeting)
          return false
        }
        rmSync(lockFile(), { force: true })
        if (!takeLock(identity)) return false
      }
      listen(onGreeting)
      return true
    },
    has: (): boolean => watcher !== null,
    release(): void {
      watcher?.close()
      if (watcher) rmSync(lockFile(), { force: true })
      watcher = null
    },
  }
}
