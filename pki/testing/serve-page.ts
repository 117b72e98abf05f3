import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { build } from 'vite'

const root = path.resolve(import.meta.dirname, '../..')

/** What a careful site allows: its own scripts, and WebAssembly; no `eval`. */
const policy =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'"

export interface Bundle {
  readonly files: ReadonlyMap<string, string>
  /** Name of the file that the page loads. */
  readonly entry: string
  /** Paths of the modules in it, from the project's folder. */
  readonly modules: readonly string[]
}

/** An entry as Vite builds it for browsers with nothing configured, files by name. */
export const bundleForBrowsers = async (entry: string): Promise<Bundle> => {
  const [output] = [
    await build({
      configFile: false,
      root,
      logLevel: 'error',
      build: { write: false, target: 'es2022', rolldownOptions: { input: entry } },
    }),
  ].flat()
  if (output === undefined || !('output' in output)) throw new TypeError('a build that watches')
  const chunks = output.output.filter((file) => file.type === 'chunk')
  return {
    files: new Map(chunks.map(({ fileName, code }) => [fileName, code])),
    entry: chunks.find(({ isEntry }) => isEntry)?.fileName ?? '',
    modules: chunks.flatMap(({ modules }) => Object.keys(modules)).map((file) => path.relative(root, file)),
  }
}

/** Serves a page with the bundle and `/material`, and waits for what it sends to `/result`. */
export const servePage = async ({ files, entry }: Bundle, material: string) => {
  const results: string[] = []
  let wake = (): void => undefined
  const server = createServer((request, response) => {
    const name = (request.url ?? '/').slice(1)
    const script = files.get(name)
    response.setHeader('Content-Security-Policy', policy)
    if (script !== undefined) response.setHeader('Content-Type', 'text/javascript').end(script)
    else if (name === 'material') response.end(material)
    else if (name === '') {
      const page = `<!doctype html><link rel="icon" href="data:,"><script type="module" src="/${entry}"></script>`
      response.setHeader('Content-Type', 'text/html; charset=utf-8').end(page)
    } else if (name === 'result') {
      void text(request).then((body) => {
        results.push(body)
        response.end()
        wake()
      })
    } else response.writeHead(404).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/`,
    result: async (): Promise<string> => {
      if (results.length === 0) await new Promise<void>((resolve) => (wake = resolve))
      return results.shift() ?? ''
    },
    close: () => {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(resolve))
    },
  }
}
