/** The second half of `npm start`, on Node 24: build, a demo key, the example platform, the client. */
import { spawn, type ChildProcess } from 'node:child_process'
import { watch } from 'node:fs'
import path from 'node:path'
import { endProcess, setStage, type Stage } from '#tools/demo/stage.ts'
import { root } from '../root.mjs'
import { say, step } from '../say.mjs'
import { chooseElectron, type ChosenElectron } from './electron.ts'
import { openInBrowser } from './open-in-browser.ts'

const folder = path.join(root, 'out/start')
const isWatching = process.argv.includes('--watch')
const PLATFORM_PORT = 8610

const hasDisplay = process.platform !== 'linux' || Boolean(process.env.DISPLAY) || Boolean(process.env.WAYLAND_DISPLAY)

const build = (): Promise<void> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['tools/setup/build.mjs'], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
    child.once('error', reject)
    child.once('close', (code) => {
      if (code === 0) resolve()
      else
        reject(new Error(`The build ended with ${String(code)}\n${output.trimEnd().split('\n').slice(-40).join('\n')}`))
    })
  })

const stageOnAnyPort = async (): Promise<Stage> => {
  try {
    return await setStage({ folder, platformPort: PLATFORM_PORT })
  } catch (error) {
    if (!String(error).includes('EADDRINUSE')) throw error
    return setStage({ folder, platformPort: 0 })
  }
}

const startClient = (electron: ChosenElectron, stage: Stage): ChildProcess =>
  spawn(electron.executable, ['.', `--user-data-dir=${stage.clientData}`], {
    cwd: root,
    env: { ...process.env, ...stage.env },
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: electron.executable.endsWith('.cmd'),
  })

const relative = (file: string): string => path.relative(process.cwd(), file) || '.'

const explain = (electron: ChosenElectron, stage: Stage): void => {
  const [token] = stage.tokens.tokens
  say()
  say(
    `  Client           runs on ${electron.kind === 'electron' ? 'Electron' : 'the Electron stand-in (Electron itself could not be fetched)'}`,
  )
  say(`                   ${hasDisplay ? 'its window is open' : 'there is no display, so its windows are not visible'}`)
  say(`  Example platform ${stage.platform.origin}/`)
  say(`  Demo USB key     ${token?.label ?? ''} · ${token?.organization ?? ''} · ${token?.holder ?? ''}`)
  say(`  PIN              ${token?.pin ?? ''}   (administrator's PIN ${token?.soPin ?? ''})`)
  say(`  Data             ${relative(folder)}   (delete it to begin anew)`)
  say()
  say("  Next: open the platform's page in a browser, log in with the key, choose a tender, sign and submit it.")
  if (!hasDisplay)
    say('  Without a display nobody can type the PIN: `npm run demo` plays the whole job and leaves pictures of it.')
  say('  Stop with Ctrl-C.')
  say()
}

interface Running {
  client: ChildProcess
  isRestarting: boolean
  isStopping: boolean
  /** What a change made necessary and is under way. */
  work: Promise<void>
}

/** What has to be started again when a source of this room changes. */
const ROOMS = {
  contract: ['client', 'platform'],
  pki: ['client', 'platform'],
  native: ['client'],
  server: ['client', 'platform'],
  main: ['client'],
  preload: ['client'],
  renderer: ['client'],
  examples: ['platform'],
} as const
type Part = (typeof ROOMS)[keyof typeof ROOMS][number]

/** Changes that come together are told together. */
const watchSources = (changed: (parts: ReadonlySet<Part>) => void): void => {
  let pending: NodeJS.Timeout | null = null
  let parts = new Set<Part>()
  const tell = (): void => {
    changed(parts)
    parts = new Set()
  }
  for (const [room, needed] of Object.entries(ROOMS)) {
    watch(path.join(root, room), { recursive: true }, (_event, name) => {
      if (name === null || /\.test\.tsx?$/.test(name)) return
      for (const part of needed) parts.add(part)
      if (pending) clearTimeout(pending)
      pending = setTimeout(tell, 300)
    })
  }
}

const run = async (): Promise<void> => {
  await step('build', build)
  const electron = await step('Electron', chooseElectron)
  const stage = await step('demo USB key and example platform', stageOnAnyPort)
  const client = startClient(electron, stage)
  const running: Running = { client, isRestarting: false, isStopping: false, work: Promise.resolve() }
  explain(electron, stage)
  if (hasDisplay) openInBrowser(`${stage.platform.origin}/`)

  await new Promise<void>((resolve) => {
    const followClient = (): void => {
      running.client.once('close', () => {
        if (!running.isRestarting) resolve()
      })
    }
    followClient()
    process.once('SIGINT', () => resolve())
    process.once('SIGTERM', () => resolve())
    if (!isWatching) return
    say('  Watching: a change builds anew and starts what it concerns again, the client or the platform’s server.')
    const restartClient = async (): Promise<void> => {
      if (running.isStopping) return
      running.isRestarting = true
      await endProcess(running.client)
      running.client = startClient(electron, stage)
      running.isRestarting = false
      followClient()
    }
    const restart = async (parts: ReadonlySet<Part>): Promise<void> => {
      try {
        await step('build', build)
        if (parts.has('platform') && !running.isStopping) await step('example platform', stage.restartPlatform)
        if (parts.has('client')) await step('client', restartClient)
      } catch (error) {
        say(error instanceof Error ? error.message : String(error))
      }
    }
    watchSources((parts) => {
      running.work = running.work.then(() => restart(parts))
    })
  })
  say('\n  Stopping …')
  running.isStopping = true
  await running.work
  await Promise.all([endProcess(running.client), stage.stop()])
}

try {
  await run()
  process.exit(0)
} catch (error) {
  say(`\n${error instanceof Error ? error.message : String(error)}`)
  process.exit(1)
}
