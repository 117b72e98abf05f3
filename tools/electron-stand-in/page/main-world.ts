import { createBridgeEndpoint } from './bridge-endpoint.ts'

/** Runs in the page's own world before any of its scripts. */
export function start(options: { secret: string }): void {
  if (window.parent !== window) return
  const { defineProperty } = Object
  const NativeURL = URL

  const endpoint = createBridgeEndpoint(options.secret, 'main', {
    expose: (key, value) => defineProperty(window, key, { value, enumerable: true }),
  })

  // Electron answers null to a denied window.open and lets the main process open allowed windows.
  const open = (url?: string | URL, frameName?: string, features?: string): null => {
    const address =
      url === undefined || String(url) === '' ? 'about:blank' : new NativeURL(String(url), document.baseURI).href
    endpoint.open(address, frameName ?? '', features ?? '')
    return null
  }
  defineProperty(window, 'open', { value: open, writable: true, enumerable: true, configurable: true })
}
