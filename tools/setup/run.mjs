/** Child processes of the set-up scripts: quiet when they succeed, their last lines when they fail. */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { whenOrphaned } from './orphan.mjs'
import { root } from './root.mjs'

const windows = process.platform === 'win32'
/** Node 24 as the package `node` brings it; every script of the project runs on it. */
export const node24 = path.join(root, 'node_modules/node/bin', windows ? 'node.exe' : 'node')

/** Debian keeps pcscd here, where the PATH of an ordinary user does not lead. */
const systemFolders = process.platform === 'linux' ? ['/usr/sbin', '/sbin'] : []

/** The environment of a child: the project's programs first, so that `node` means Node 24. */
export const withTools = (env = process.env) => {
  const bin = path.join(root, 'node_modules/.bin')
  const name = Object.keys(env).find((key) => key.toUpperCase() === 'PATH') ?? 'PATH'
  return { ...env, [name]: [path.dirname(node24), bin, env[name] ?? '', ...systemFolders].join(path.delimiter) }
}

/**
 * Runs a program without a terminal and collects what it prints.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, onLine?: (line: string) => void, shell?: boolean }} [options]
 * @returns {Promise<{ code: number, output: string }>}
 */
export const collect = (command, args, options = {}) =>
  new Promise((resolve) => {
    const { cwd = root, env = process.env, onLine, shell = false } = options
    const child = spawn(command, args, { cwd, env, shell, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    let rest = ''
    const take = (chunk) => {
      output += chunk
      if (!onLine) return
      const lines = (rest + chunk).split(/\r?\n/)
      rest = lines.pop() ?? ''
      lines.forEach(onLine)
    }
    child.stdout.setEncoding('utf8').on('data', take)
    child.stderr.setEncoding('utf8').on('data', take)
    child.on('error', (error) => resolve({ code: 127, output: `${output}${error.message}\n` }))
    child.on('close', (code, signal) => resolve({ code: code ?? (signal ? 1 : 0), output }))
  })

/** As `collect`, but throws with the program's last lines when it fails. */
export const must = async (command, args, options) => {
  const { code, output } = await collect(command, args, options)
  if (code !== 0) {
    const tail = output.trimEnd().split('\n').slice(-25).join('\n')
    throw new Error(`${path.basename(command)} ${args.join(' ')} ended with ${code}\n${tail}`)
  }
  return output
}

/**
 * Hands over to a script on Node 24 and ends with its exit status. Ctrl-C reaches the whole process group; this process
 * waits for the script's own clean end. A SIGTERM, to this process or to npm, is passed on.
 */
export const handOver = (script, args, env = process.env) =>
  new Promise((resolve) => {
    const child = spawn(node24, [path.join(root, script), ...args], {
      cwd: root,
      env: withTools(env),
      stdio: 'inherit',
    })
    const ignore = () => undefined
    process.on('SIGINT', ignore)
    const end = () => child.kill('SIGTERM')
    process.on('SIGTERM', end)
    // Started in the background of a script that has ended, this process has lost its parent and goes on.
    if (process.env.npm_lifecycle_event !== undefined) whenOrphaned(end)
    child.on('error', (error) => {
      process.stderr.write(`${error.message}\n`)
      resolve(1)
    })
    child.on('close', (code, signal) => resolve(code ?? (signal ? 1 : 0)))
  })

export const exists = (...parts) => existsSync(path.join(root, ...parts))
