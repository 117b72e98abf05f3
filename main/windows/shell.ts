import { app, dialog } from 'electron'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { driversForComputer } from '#native/driver-map.ts'
import { userDriver, type DriverConfig } from '#native/driver-config.ts'
import { createTokenHost } from '#native/token-host.ts'
import { listUsbDevices } from '#native/usb-watch.ts'
import { events, type EventName, type EventPayload } from '#contract/ipc.ts'
import { shellText } from '#contract/shell-text.ts'
import { createClient, type Client } from '../compose.ts'
import { ConfigRefused, noDemo, readDemoFile, type DemoConfig } from '../config.ts'
import { parseDeepLink } from '../deep-link.ts'
import { createPdfService } from '../documents/pdf-worker-client.ts'
import { registerIpc } from '../ipc/register.ts'
import { createUtilityProcessSpawner } from '../keys/spawn-utility-process.ts'
import { createLog } from '../log.ts'
import { watchLoop } from '../loop-probe.ts'
import { createStore, type Store } from '../store/store.ts'
import { createAuthorities } from '../trust/authorities.ts'
import { createConsentWindow } from './consent-window.ts'
import { createDesktop } from './desktop.ts'
import { createMainWindow } from './main-window.ts'
import { secureSession } from './secure-window.ts'
import { createTray } from './tray.ts'
import { createViewerWindow } from './viewer-window.ts'

export interface Shell {
  /** A second start, a click on the dock, or a link of the system. */
  readonly activate: (link: string | null) => void
  readonly stop: () => Promise<void>
}

export interface ShellOptions {
  /** Started with the system: only the tray shows. */
  readonly isHidden: boolean
  readonly link: string | null
}

/** Beside main.cjs in the bundle (tools/electron-stand-in builds it, forge packs it). */
const here = import.meta.dirname
const bundled = (name: string) => path.join(here, name)
const rendererRoot = path.join(here, '..', 'renderer', 'main_window')

const STOP_LIMIT_MS = 5_000

const readConfig = (warn: (message: string) => void): DemoConfig => {
  try {
    return readDemoFile(process.env.YZT_DEMO_FILE)
  } catch (error) {
    if (!(error instanceof ConfigRefused)) throw error
    warn(error.message)
    return noDemo
  }
}

/** One that cannot be read leaves its certificates untrusted, no more. */
const readAuthorities = ({ authorities }: DemoConfig, warn: (error: unknown) => void): Uint8Array[] =>
  authorities.flatMap((file) => {
    try {
      return [new Uint8Array(readFileSync(file))]
    } catch (error) {
      warn(error)
      return []
    }
  })

const driversOf = (config: DemoConfig, store: Store): DriverConfig[] => {
  const added = config.drivers.map(({ path: file, ...driver }) => ({
    ...driver,
    origin: 'shipped' as const,
    paths: [file],
  }))
  const own = store.drivers.list().map(({ path: file, name }) => userDriver(file, name))
  return [...(config.isolated ? [] : driversForComputer()), ...added, ...own]
}

/** Everything that needs Electron: windows, tray, links. Throws what keeps the program from starting (store.*). */
export const startShell = async ({ isHidden, link }: ShellOptions): Promise<Shell> => {
  const dataPath = app.getPath('userData')
  const log = createLog({ directory: path.join(dataPath, 'logs') })
  const config = readConfig((message) => log.warn(message))
  const store = createStore({
    directory: dataPath,
    checkpoint: {
      workerFile: bundled('checkpoint-worker.cjs'),
      failed: (error) => log.warn({ error }, 'the log of the store could not be moved'),
    },
  })
  const text = () => shellText[store.settings.get().language]
  const failed = (error: unknown) => log.error({ error }, 'a window failed')
  // One request that goes wrong in an unforeseen way must not end the signatures of others; what was begun is in the
  // store, whose transactions are whole or not there.
  process.on('uncaughtException', (error) => log.error({ error }, 'unexpected error'))
  process.on('unhandledRejection', (error) => log.error({ error }, 'unexpected rejection'))

  secureSession(rendererRoot)
  const mainWindow = createMainWindow({ preload: bundled('preload-main.cjs'), title: text().productName, failed })
  const consentWindow = createConsentWindow({
    preload: bundled('preload-consent.cjs'),
    title: text().consentTitle,
    closed: () => client.desk.close(),
    lost: (error) => {
      failed(error)
      client.desk.lost()
    },
  })
  const viewerWindow = createViewerWindow({
    preload: bundled('preload-viewer.cjs'),
    crashed: () => client.viewer.crashed(),
    failed,
  })
  const emit = <Name extends EventName>(name: Name, payload: EventPayload<Name>) => {
    const windows: readonly string[] = events[name].windows
    if (windows.includes('main')) mainWindow.send(name, payload)
    if (name === 'settings.changed') {
      consentWindow.settingsChanged()
      tray.refresh()
    }
  }

  const authorities = createAuthorities(readAuthorities(config, (error) => log.warn({ error }, 'no such authority')))
  const client: Client = createClient({
    config,
    authorities,
    store,
    tokens: createTokenHost({
      spawnHelper: createUtilityProcessSpawner(bundled('token-helper.cjs')),
      drivers: driversOf(config, store),
      listUsb: listUsbDevices,
      log,
    }),
    pdf: createPdfService({
      workerFile: bundled('pdf-worker.cjs'),
      authorities: [...authorities.anchors, ...authorities.intermediates].map(({ der }) => der),
      log,
    }),
    desktop: createDesktop(),
    consentSurface: consentWindow,
    viewerSurface: viewerWindow,
    emit,
    info: {
      version: app.getVersion(),
      electron: process.versions.electron,
      platform: `${process.platform} ${process.arch}`,
      dataPath,
    },
    bridge: {
      sdkFile: bundled('sdk.js'),
      allowLoopbackOrigins: config.allowLoopbackOrigins,
      ...(config.bridgePorts === undefined ? {} : { ports: config.bridgePorts }),
    },
    log,
    now: () => new Date(),
  })
  const tray = createTray({
    text,
    isBridgeEnabled: () => store.settings.get().isBridgeEnabled,
    open: mainWindow.show,
    switchBridge: (isBridgeEnabled) => void client.handlers['settings.set']({ isBridgeEnabled }),
    quit: () => app.quit(),
  })

  const activate = (asked: string | null) => {
    const target = asked === null ? null : parseDeepLink(asked)
    if (asked !== null && target === null) log.warn({ length: asked.length }, 'a link of the system was not understood')
    if (target === null) mainWindow.show()
    else mainWindow.navigate(target)
  }

  // Windows go before `stop` runs: what they were asked is cancelled first, so that no closing counts as an answer.
  app.on('before-quit', () => {
    client.core.operations.stop()
    client.viewer.close()
  })
  registerIpc({ handlers: client.handlers, log })
  if (!app.isPackaged && process.env.YZT_MEASURE === '1') Object.assign(globalThis, { yztLoop: watchLoop() })
  log.info({ version: app.getVersion(), platform: process.platform }, 'started')
  if (!isHidden || link !== null) activate(link)
  await client.start()
  if (store.movedAside !== null) {
    log.error({ movedAside: path.basename(store.movedAside) }, 'the store was damaged and made anew')
    void dialog.showMessageBox({
      type: 'warning',
      title: text().storeMovedTitle,
      message: text().storeMovedTitle,
      detail: `${text().storeMovedDetail}\n${store.movedAside}`,
    })
  }

  return {
    activate,
    stop: async () => {
      const limit = new Promise<void>((resolve) => setTimeout(resolve, STOP_LIMIT_MS).unref())
      await Promise.race([client.stop(), limit])
      tray.destroy()
    },
  }
}
