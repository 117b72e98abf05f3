/** The second half of `npm start`, on Node 24: build, a demo key, the example platform, the client. */
import { spawn, type ChildProcess } from 'node:child_process'
import { watch } from 'node:fs'
import path from 'node:path'
import { endProcess, setStage, type Stage } from '#tools/demo/stage.ts'
import { withLock } from '../build-lock.mjs'
import { whenOrphaned } from '../orphan.mjs'
import { root } from '../root.mjs'
import { say, step } from '../say.mjs'
import { clientUsing, startClient, whenUp } from './client.ts'
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

const relative = (file: string): string => path.relative(process.cwd(), file) || '.'

const HEADLESS = [
  "  There is no display: nobody sees the client's questions or types the PIN. Instead:",
  '    npm run demo         plays the whole job and leaves pictures of it in out/demo/',
  '    xvfb-run npm start   gives the client a virtual display, to be looked at by VNC',
  '    Playwright           types the PIN for a test: e2e/support/client.ts, docs/electron-stand-in.md',
  '',
]

const explain = (electron: ChosenElectron, stage: Stage): void => {
  const [token] = stage.tokens.tokens
  const runsOn =
    electron.kind === 'electron' ? 'Electron' : 'the Electron stand-in (Electron itself could not be fetched)'
  const lines = [
    '',
    ...(hasDisplay ? [] : HEADLESS),
    `  Client           runs on ${runsOn}`,
    ...(hasDisplay ? ['                   its window is open'] : []),
    `  Example platform ${stage.platform.origin}/`,
    `  Demo USB key     ${token?.label ?? ''} · ${token?.organization ?? ''} · ${token?.holder ?? ''}`,
    `  PIN              ${token?.pin ?? ''}   (administrator's PIN ${token?.soPin ?? ''})`,
    `  Data             ${relative(folder)}   (delete it to begin anew)`,
    '',
    ...(hasDisplay
      ? ["  Next: open the platform's page in a browser, log in with the key, choose a tender, sign and submit it."]
      : []),
    '  Stop with Ctrl-C.',
    '',
  ]
  lines.forEach((line) => say(line))
}

const endCommand = (pid: number): string =>
  process.platform === 'win32' ? `taskkill /t /pid ${String(pid)}` : `kill ${String(pid)}`

const alreadyRuns = (what: string, pid: number): string =>
  `${what} already runs with the data in ${relative(folder)} (process ${String(pid)}).\n` +
  `End it with Ctrl-C where it was started, or with: ${endCommand(pid)}`

const refuseIfUsed = async (stage: Pick<Stage, 'clientData'>): Promise<void> => {
  const pid = await clientUsing(stage.clientData)
  if (pid !== null) throw new Error(alreadyRuns('A client', pid))
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

/** Until the client is closed or somebody wants the end; answers with the client's exit status. */
const serve = async (electron: ChosenElectron, stage: Stage): Promise<number> => {
  const stopAsked = new Promise<'stop'>((resolve) => {
    const stop = (): void => resolve('stop')
    process.once('SIGINT', stop).once('SIGTERM', stop)
    whenOrphaned(stop)
  })
  const client = startClient(electron, stage)
  const running: Running = { client, isRestarting: false, isStopping: false, work: Promise.resolve() }
  try {
    const first = await step('client', () => Promise.race([whenUp(client), stopAsked]))
    if (first === 'closed') {
      await refuseIfUsed(stage)
      throw new Error(
        `The client ended with ${String(client.exitCode)} before its window was there. Its log: ${relative(stage.clientData)}/logs`,
      )
    }
    if (first === 'stop') return 0
    explain(electron, stage)
    if (hasDisplay) openInBrowser(`${stage.platform.origin}/`)
    const closed = new Promise<number>((resolve) => {
      const followClient = (): void => {
        const followed = running.client
        followed.once('close', (code) => {
          if (!running.isRestarting) resolve(code ?? 1)
        })
      }
      followClient()
      if (isWatching) watchAndRestart(running, electron, stage, followClient)
    })
    const last = await Promise.race([closed, stopAsked])
    if (last === 'stop') return 0
    say(`\n  The client was closed (exit status ${String(last)}).`)
    return last
  } finally {
    say('\n  Stopping …')
    running.isStopping = true
    await running.work
    await Promise.all([endProcess(running.client), stage.stop()])
  }
}

const watchAndRestart = (running: Running, electron: ChosenElectron, stage: Stage, followClient: () => void): void => {
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
}

const run = async (): Promise<number> => {
  await refuseIfUsed({ clientData: path.join(folder, 'client') })
  await step('build', build)
  const electron = await step('Electron', chooseElectron)
  const stage = await step('demo USB key and example platform', stageOnAnyPort)
  return serve(electron, stage)
}

const busy = (pid: number | null): string => alreadyRuns('`npm start`', pid ?? 0)

try {
  process.exit(await withLock(path.join(folder, 'running.lock'), run, { patienceMs: 0, busy }))
} catch (error) {
  say(`\n${error instanceof Error ? error.message : String(error)}`)
  process.exit(1)
}
