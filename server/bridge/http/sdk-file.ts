import { readFile } from 'node:fs/promises'
import type { Express } from 'express'
import { AppError } from '#contract/errors.ts'
import type { Exchange } from './exchange.ts'
import { checkOpenShape } from './request-shape.ts'

/**
 * `/sdk.js`: a public, constant text, so another origin may load it (as a module, hence with CORS). Read once. Platforms host
 * their own copy: what they run should change when they decide.
 */
export const serveSdk = (app: Express, sdkFile: string | null): void => {
  let text: Promise<Buffer> | null = null
  const read = (file: string): Promise<Buffer> => {
    text ??= readFile(file).catch((error: unknown) => {
      text = null
      throw new AppError('request.not_found', {}, { cause: error })
    })
    return text
  }
  app.get('/sdk.js', async (req, res: Exchange) => {
    checkOpenShape(req)
    if (sdkFile === null) throw new AppError('request.not_found')
    const body = await read(sdkFile)
    res.setHeader('Cross-Origin-Resource-Policy', 'cross-origin')
    res.setHeader('Content-Type', 'text/javascript; charset=utf-8')
    res.setHeader('Content-Length', body.length)
    res.end(body)
  })
}
