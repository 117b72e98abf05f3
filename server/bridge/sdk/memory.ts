import type { ConnectOptions, Scope } from './types.ts'

export interface RememberedGrant {
  token: string
  scopes: Scope[]
  expiresAt: string
}

interface Memory {
  /** The port that answered last: the client was there once. */
  port?: number
  /** By instance and system code. */
  grants?: Record<string, RememberedGrant>
}

const key = 'yzt-bridge'

/** What the page keeps between visits. A storage that is blocked or garbled counts as empty. */
export const createMemory = (chosen: ConnectOptions['storage']) => {
  const storage = () => (chosen === undefined ? globalThis.localStorage : chosen)

  const read = (): Memory => {
    try {
      const value: unknown = JSON.parse(storage()?.getItem(key) ?? '{}')
      return typeof value === 'object' && value !== null ? value : {}
    } catch {
      return {}
    }
  }
  const write = (change: (memory: Memory) => Memory): void => {
    try {
      storage()?.setItem(key, JSON.stringify(change(read())))
    } catch {
      return
    }
  }

  return {
    port: (): number | undefined => read().port,
    setPort: (port: number): void => write((memory) => ({ ...memory, port })),
    grant: (name: string): RememberedGrant | undefined => read().grants?.[name],
    setGrant: (name: string, grant: RememberedGrant | null): void =>
      write((memory) => {
        const { [name]: _old, ...others } = memory.grants ?? {}
        return { ...memory, grants: grant === null ? others : { ...others, [name]: grant } }
      }),
  }
}

export type MemoryOfPage = ReturnType<typeof createMemory>
