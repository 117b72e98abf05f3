/** The second half of `npm start`, on Node 24: build, a demo key, the example platform, the client. */
import { spawn, type ChildProcess } from 'node:child_process'
import { watch } from 'node:fs'
import path from 'node:path'
import { endProcess, setStage, type Stage } from '#tools/demo/stage.ts'
import { say, step } from '../say.mjs'
import { chooseElectron, type ChosenElectron } from './electron.ts'
import { openInBrowser } from './open-in-browser.ts'

const root = path.resolve(import.meta.dirname, '../../..')
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
}

/** Sources that the bundles are made of; the example platform's server is started anew as well. */
const watchSources = (changed: () => void): void => {
  let pending: NodeJS.Timeout | null = null
  for (const room of ['contract', 'pki', 'native', 'server', 'main', 'preload', 'renderer']) {
    watch(path.join(root, room), { recursive: true }, (_event, name) => {
      if (name === null || /\.test\.tsx?$/.test(name)) return
      if (pending) clearTimeout(pending)
      pending = setTimeout(changed, 300)
    })
  }
}

const run = async (): Promise<void> => {
  await step('build', build)
  const electron = await step('Electron', chooseElectron)
  const stage = await step('demo USB key and example platform', stageOnAnyPort)
  const running: Running = { client: startClient(electron, stage), isRestarting: false }
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
    say('  Watching: a change builds anew and starts the client again.')
    let work = Promise.resolve()
    watchSources(() => {
      work = work.then(async () => {
        try {
          await step('build', build)
        } catch (error) {
          say(error instanceof Error ? error.message : String(error))
          return
        }
        running.isRestarting = true
        await endProcess(running.client)
        running.client = startClient(electron, stage)
        running.isRestarting = false
        followClient()
      })
    })
  })
  say('\n  Stopping …')
  await Promise.all([endProcess(running.client), stage.stop()])
}

try {
  await run()
  process.exit(0)
} catch (error) {
  say(`\n${error instanceof Error ? error.message : String(error)}`)
  process.exit(1)
}
