/**
 * Chromium takes no custom scheme over DevTools, so `app://bundle/x` is loaded as `https://bundle.app.invalid/x` (the
 * reserved domain of RFC 2606: such a request can reach nobody) and named `app://bundle/x` again wherever the program
 * sees it.
 */
const BROWSER_URL = /^https:\/\/([a-z0-9._-]+)\.([a-z][a-z0-9+-]*)\.invalid(?::443)?(?=[/?#]|$)/i

export function createUrlMap(isCustomScheme: (scheme: string) => boolean) {
  const toBrowser = (url: string): string => {
    const match = /^([a-z][a-z0-9+-]*):\/\/([^/?#]+)/i.exec(url)
    if (!match?.[1] || !match[2] || !isCustomScheme(match[1].toLowerCase())) return url
    return `https://${match[2]}.${match[1].toLowerCase()}.invalid${url.slice(match[0].length) || '/'}`
  }
  const fromBrowser = (url: string): string => {
    const match = BROWSER_URL.exec(url)
    if (!match?.[1] || !match[2] || !isCustomScheme(match[2].toLowerCase())) return url
    return `${match[2]}://${match[1]}${url.slice(match[0].length)}`
  }
  return {
    toBrowser,
    fromBrowser,
    /** `app://bundle`, `https://example.org`, or `null` for an opaque origin, as WebFrameMain.origin writes it. */
    origin(url: string): string {
      const mapped = fromBrowser(url)
      const match = /^([a-z][a-z0-9+-]*):\/\/([^/?#]*)/i.exec(mapped)
      if (match?.[1] && isCustomScheme(match[1].toLowerCase())) return match[0]
      return URL.canParse(mapped) ? new URL(mapped).origin : 'null'
    },
    /** A header of a page's own policy may name the custom scheme or one of its hosts. */
    policy(text: string): string {
      return text.replace(
        /\b([a-z][a-z0-9+-]*):(?:\/\/([a-z0-9._-]+))?(?=[\s;,/]|$)/gi,
        (whole, scheme: string, host) => {
          if (!isCustomScheme(scheme.toLowerCase())) return whole
          return `https://${typeof host === 'string' ? host : '*'}.${scheme.toLowerCase()}.invalid`
        },
      )
    },
  }
}
