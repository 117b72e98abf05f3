export type Listener = (...args: unknown[]) => void

/** The part of Node's EventEmitter that ipcRenderer has in a sandboxed preload. */
export class Emitter {
  private readonly lists = new Map<string, { listener: Listener; once: boolean }[]>()

  constructor() {
    // A preload may hand the emitter to the page, which gets a copy of what is enumerable.
    Object.defineProperty(this, 'lists', { enumerable: false })
  }

  on(channel: string, listener: Listener): this {
    return this.add(channel, listener, false)
  }

  once(channel: string, listener: Listener): this {
    return this.add(channel, listener, true)
  }

  addListener(channel: string, listener: Listener): this {
    return this.add(channel, listener, false)
  }

  off(channel: string, listener: Listener): this {
    const list = this.lists.get(channel) ?? []
    const index = list.findLastIndex((item) => item.listener === listener)
    if (index >= 0) this.lists.set(channel, list.toSpliced(index, 1))
    return this
  }

  removeListener(channel: string, listener: Listener): this {
    return this.off(channel, listener)
  }

  removeAllListeners(channel?: string): this {
    if (channel === undefined) this.lists.clear()
    else this.lists.delete(channel)
    return this
  }

  listenerCount(channel: string): number {
    return this.lists.get(channel)?.length ?? 0
  }

  emit(channel: string, ...args: unknown[]): boolean {
    const list = this.lists.get(channel) ?? []
    for (const { listener, once } of list) {
      if (once) this.off(channel, listener)
      listener(...args)
    }
    return list.length > 0
  }

  private add(channel: string, listener: Listener, once: boolean): this {
    this.lists.set(channel, [...(this.lists.get(channel) ?? []), { listener, once }])
    return this
  }
}
