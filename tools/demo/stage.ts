/**
 * What the main job needs around the client: USB keys of a test CA, the example platform's server, and the file that
 * tells the client about both (`YZT_DEMO_FILE`, main/config.ts). Used by `npm start`, the demo and the e2e tests.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { createDemoTokens, type DemoTokens } from '#tools/softhsm/tokens.ts'

const root = path.resolve(import.meta.dirname, '../..')
const sealFile = path.join(import.meta.dirname, 'seal.png')

export const platformCode = 'HDJY-DEMO-01'
export const platformName = '华东公共资源交易平台（示例）'

export interface Platform {
  /** As the bidders' browsers see it. */
  readonly origin: string
  readonly process: ChildProcess
  readonly stop: () => Promise<void>
}

export interface ExtraDriver {
  readonly id: string
  readonly name: string
  readonly path: string
  readonly env?: Readonly<Record<string, string>>
}

export interface Stage {
  readonly folder: string
  readonly tokens: DemoTokens
  readonly caFile: string
  /** The client's data: its store, journal and log. */
  readonly clientData: string
  readonly platform: Pick<Platform, 'origin'>
  /** The platform's server anew, at the same address; who was logged in is forgotten. */
  readonly restartPlatform: () => Promise<void>
  /** To be added to the client's environment. */
  readonly env: Readonly<Record<string, string>>
  readonly stop: () => Promise<void>
}

export interface StageOptions {
  readonly folder: string
  readonly keysFolder?: string
  readonly tokens?: number
  /** 0: any free port. */
  readonly platformPort?: number
  /** Left out: the usual ones, which a client that runs here already may hold. */
  readonly bridgePorts?: readonly number[]
  readonly drivers?: readonly ExtraDriver[]
  readonly onPlatformLine?: (line: string) => void
}

const ended = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve()
    else child.once('close', () => resolve())
  })

/** Ends a child process: asks first, insists after three seconds. */
export const endProcess = async (child: ChildProcess): Promise<void> => {
  child.kill('SIGTERM')
  const insist = setTimeout(() => child.kill('SIGKILL'), 3000)
  await ended(child)
  clearTimeout(insist)
}

export const startPlatform = async (options: {
  caFile: string
  folder: string
  port: number
  bridgePorts?: readonly number[] | undefined
  onLine?: ((line: string) => void) | undefined
}): Promise<Platform> => {
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', path.join(root, 'examples/trading-platform/server/main.ts')],
    {
      cwd: root,
      env: {
        ...process.env,
        NODE_OPTIONS: '',
        PLATFORM_CA_FILE: options.caFile,
        PLATFORM_PORT: String(options.port),
        PLATFORM_DATA: options.folder,
        PLATFORM_CODE: platformCode,
        ...(options.bridgePorts ? { PLATFORM_BRIDGE_PORTS: options.bridgePorts.join() } : {}),
      },
      // The channel closes with this process, and the server ends with it.
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    },
  )
  const { stdout, stderr } = child
  if (!stdout || !stderr) throw new Error('The example platform could not be started')
  let complaint = ''
  createInterface(stderr).on('line', (line) => {
    complaint += `${line}\n`
    options.onLine?.(line)
  })
  const origin = await new Promise<string>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => reject(new Error(`The example platform ended with ${String(code)}\n${complaint}`)))
    createInterface(stdout).on('line', (line) => {
      options.onLine?.(line)
      const address = /^listening on (\S+)/.exec(line)?.[1]
      if (address) resolve(address)
    })
  })
  return { origin, process: child, stop: () => endProcess(child) }
}

/** A port of this computer that nobody uses: a run of its own, whatever else runs here. */
export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })

/** Everything in `folder`; keys that are there already are used again. */
export const setStage = async (options: StageOptions): Promise<Stage> => {
  const folder = path.resolve(options.folder)
  const clientData = path.join(folder, 'client')
  await mkdir(clientData, { recursive: true, mode: 0o700 })
  const tokens = await createDemoTokens(options.keysFolder ?? path.join(folder, 'keys'), {
    tokens: options.tokens ?? 1,
  })
  const caFile = path.join(folder, 'authorities.pem')
  await writeFile(caFile, tokens.caChainPem)
  const start = (port: number): Promise<Platform> =>
    startPlatform({
      caFile,
      folder: path.join(folder, 'platform'),
      port,
      bridgePorts: options.bridgePorts,
      onLine: options.onPlatformLine,
    })
  let platform = await start(options.platformPort ?? 0)
  const { origin } = platform
  const demoFile = path.join(folder, 'client.json')
  const softHsm = {
    id: 'softhsm-demo',
    name: 'SoftHSM2',
    vendor: 'OpenDNSSEC',
    path: tokens.modulePath,
    env: tokens.env,
  }
  const demo = {
    drivers: [softHsm, ...(options.drivers ?? [])],
    isolated: true,
    platforms: [{ systemCode: platformCode, name: platformName, origins: [origin] }],
    seal: { name: '投标专用章', path: sealFile, widthMm: 40 },
    authorities: [caFile],
    demoUrl: `${origin}/`,
    allowLoopbackOrigins: true,
    ...(options.bridgePorts ? { bridgePorts: options.bridgePorts } : {}),
  }
  await writeFile(demoFile, JSON.stringify(demo, null, 2))
  await chmod(demoFile, 0o600)
  return {
    folder,
    tokens,
    caFile,
    clientData,
    platform: { origin },
    restartPlatform: async () => {
      await platform.stop()
      platform = await start(Number(new URL(origin).port))
    },
    env: { YZT_DEMO_FILE: demoFile },
    stop: () => platform.stop(),
  }
}
