import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import path from 'node:path'
import { Router } from 'express'

const folder = path.join(import.meta.dirname, '../page')

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.ts': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
}

/**
 * The page's files, read once at start. TypeScript is served with its types taken out: browsers go by the media type, so
 * that `import './bid-view.ts'` works as it stands and the platform needs no build.
 * `sdkFile`: the bridge's SDK, a copy of which every platform hosts itself.
 */
export const pageRoutes = (sdkFile: string): Router => {
  const routes = Router()
  const names = readdirSync(folder).filter((name) => path.extname(name) in types && !name.endsWith('.d.ts'))
  for (const name of names) {
    const text = readFileSync(path.join(folder, name), 'utf8')
    const body = name.endsWith('.ts') ? stripTypeScriptTypes(text) : text
    const address = name === 'index.html' ? '/' : `/${name}`
    routes.get(address, (_request, response) => {
      response.set('Content-Type', types[path.extname(name)]).set('Cache-Control', 'no-cache').send(body)
    })
  }
  if (!existsSync(sdkFile)) throw new Error(`The bridge's SDK is not built: ${path.basename(sdkFile)} is missing.`)
  const sdk = readFileSync(sdkFile, 'utf8')
  routes.get('/sdk.js', (_request, response) => {
    response.set('Content-Type', 'text/javascript; charset=utf-8').set('Cache-Control', 'no-cache').send(sdk)
  })
  return routes
}
