import { createCodec } from '../shared/codec.ts'
import type { HostMessage, PageMessage, PreloadOptions } from '../shared/messages.ts'
import { FROM_HOST, TO_HOST } from '../shared/messages.ts'
import { base64 } from './base64.ts'
import { createBridgeEndpoint } from './bridge-endpoint.ts'
import { createIpcRenderer } from './ipc-renderer.ts'

type Preload = (exports: object, require: (id: string) => unknown, module: object, process: object) => void

/** Runs in the isolated world of every document; `preload` is the window's preload script as a function. */
export function start(options: PreloadOptions, preload: Preload | null): void {
  const world = globalThis as unknown as Record<string, unknown>
  const binding = world[TO_HOST] as ((message: string) => void) | undefined
  if (window.parent !== window || !binding) return
  Reflect.deleteProperty(world, TO_HOST)
  const post = (message: PageMessage): void => binding(JSON.stringify(message))

  const codec = createCodec(base64)
  const ipc = createIpcRenderer(codec, post)
  Object.defineProperty(world, FROM_HOST, { value: (message: HostMessage) => ipc.receive(message) })

  const endpoint = createBridgeEndpoint(options.secret, 'preload', {
    open: (request) => post({ kind: 'open', ...request }),
  })
  post({ kind: 'hello', url: location.href, screen: screenReport() })
  if (options.headed) reportWindow(post)
  document.addEventListener('DOMContentLoaded', () => reportTitle(post))

  // Electron runs no preload in the empty document a window starts with.
  if (!preload || location.href === 'about:blank') return
  const electron = refuseOthers('electron', {
    contextBridge: { exposeInMainWorld: endpoint.expose.bind(endpoint) },
    ipcRenderer: refuseOthers('ipcRenderer', ipc.renderer),
  })
  const require = (id: string): unknown => {
    if (id === 'electron' || id === 'electron/renderer' || id === 'electron/common') return electron
    throw new Error(`module not found: ${id} (a sandboxed preload can require only electron)`)
  }
  const module = { exports: {} }
  try {
    preload(module.exports, require, module, processOf(options))
  } catch (error) {
    const { message, stack } = error instanceof Error ? error : new Error(String(error))
    post({ kind: 'preload-error', message, stack: stack ?? '' })
  }
}

function processOf({ processInfo, preload }: PreloadOptions): object {
  return {
    ...processInfo,
    env: {},
    type: 'renderer',
    sandboxed: true,
    contextIsolated: true,
    isMainFrame: true,
    preload: preload?.path,
  }
}

function refuseOthers<T extends object>(name: string, target: T): T {
  return new Proxy(target, {
    get(object, key, receiver): unknown {
      if (key in object || typeof key === 'symbol' || key === 'then' || key === '__esModule') {
        return Reflect.get(object, key, receiver)
      }
      throw new Error(`${name}.${key} is not implemented in the stand-in`)
    },
  })
}

function screenReport() {
  const { width, height, availWidth, availHeight } = screen
  return { width, height, availWidth, availHeight, scaleFactor: devicePixelRatio }
}

function reportTitle(post: (message: PageMessage) => void): void {
  const tell = (): void => post({ kind: 'title', title: document.title })
  new MutationObserver(tell).observe(document.head, { childList: true, characterData: true, subtree: true })
}

function reportWindow(post: (message: PageMessage) => void): void {
  const geometry = (): void =>
    post({ kind: 'geometry', x: screenX, y: screenY, width: outerWidth, height: outerHeight })
  window.addEventListener('resize', geometry)
  window.addEventListener('focus', () => post({ kind: 'focus', focused: true }))
  window.addEventListener('blur', () => post({ kind: 'focus', focused: false }))
}
