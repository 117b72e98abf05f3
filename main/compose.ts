import { readFileSync } from 'node:fs'
import path from 'node:path'
import { createBridge } from '#bridge/create-bridge.ts'
import type { BridgeOptions } from '#bridge/options.ts'
import type { BridgeLog } from '#bridge/ports.ts'
import type { EventName, EventPayload } from '#contract/ipc.ts'
import type { TokenHost } from '#native/token-host.ts'
import { createBridgeControl, type BridgeControl } from './bridge/bridge-control.ts'
import type { DemoConfig } from './config.ts'
import { createCore, type ChangedEvent, type Core } from './core.ts'
import { createDiagnosis } from './diagnosis/diagnosis.ts'
import { createDocumentStore, type DocumentStore } from './documents/document-store.ts'
import type { PdfService } from './documents/pdf-service.ts'
import { coalesce } from './ipc/coalesce.ts'
import type { Desktop } from './ipc/desktop.ts'
import type { Handlers } from './ipc/dispatch.ts'
import { createConsentHandlers } from './ipc/handlers/consent.handlers.ts'
import { createKeyHandlers } from './ipc/handlers/keys.handlers.ts'
import { createProgramHandlers, type ProgramInfo } from './ipc/handlers/program.handlers.ts'
import { createRecordHandlers } from './ipc/handlers/records.handlers.ts'
import { createConsentDesk, type ConsentDesk, type ConsentSurface } from './operations/consent-desk.ts'
import { addSeal } from './seals/add-seal.ts'
import type { Store } from './store/store.ts'
import type { Authorities } from './trust/authorities.ts'
import { createViewer, type Viewer, type ViewerSurface } from './windows/viewer.ts'

export interface ClientPorts {
  readonly config: DemoConfig
  readonly store: Store
  readonly tokens: TokenHost
  readonly pdf: PdfService
  readonly authorities: Authorities
  readonly desktop: Desktop
  readonly consentSurface: ConsentSurface
  readonly viewerSurface: ViewerSurface
  /** To every window that listens. */
  readonly emit: <Name extends EventName>(name: Name, payload: EventPayload<Name>) => void
  readonly info: ProgramInfo
  readonly bridge: BridgeOptions
  readonly log: BridgeLog
  readonly now: () => Date
}

export interface Client {
  readonly core: Core
  readonly desk: ConsentDesk
  readonly viewer: Viewer
  readonly bridge: BridgeControl
  readonly documents: DocumentStore
  readonly handlers: Handlers
  readonly start: () => Promise<void>
  readonly stop: () => Promise<void>
}

const SWEEP_MS = 60_000

/** A seal that an installer or a developer brought along: once, so that one which was removed does not come back. */
const seedSeal = async ({ config, store, pdf, log }: Pick<ClientPorts, 'config' | 'store' | 'pdf' | 'log'>) => {
  if (config.seal === undefined || store.settings.isDone('seal')) return
  const { name, widthMm, path: file } = config.seal
  try {
    if (store.seals.list().length === 0) {
      await addSeal(pdf, store.seals, { name, widthMm, bytes: new Uint8Array(readFileSync(file)) })
    }
    store.settings.setDone('seal')
  } catch (error) {
    log.warn({ error }, 'the seal of the configuration cannot be used')
  }
}

/** The composition root: the whole client but Electron itself, which comes in through the ports. */
export const createClient = (ports: ClientPorts): Client => {
  const { store, tokens, pdf, config, authorities, emit, log, now } = ports
  const documents = createDocumentStore({
    directory: path.join(ports.info.dataPath, 'documents'),
    register: store.documents,
    now,
  })
  documents.clear()
  store.grants.removeExpired()
  // Before the first window takes its colour.
  ports.desktop.setTheme(store.settings.get().theme)
  store.platforms.replace(config.platforms)
  const changed = coalesce((event: ChangedEvent) => emit(event, undefined))
  const desk = createConsentDesk(ports.consentSurface, { left: () => viewer.close() })
  const core = createCore({
    store,
    tokens,
    consent: desk.port,
    documents,
    pdf,
    authorities,
    changed,
    log,
    now,
  })
  const viewer = createViewer({
    surface: ports.viewerSurface,
    sizeOf: (id) => store.documents.get(id)?.size ?? 0,
    read: documents.read,
    log,
  })
  const bridge = createBridgeControl({
    bridge: createBridge(core.bridgePorts, ports.bridge),
    instanceId: store.instanceId,
    isPaused: core.bridgePorts.isPaused,
    pending: core.operations.pending,
    changed: () => changed('bridge.changed'),
    log,
  })
  core.operations.onChange(() => changed('bridge.changed'))

  const { certificates } = core
  const diagnosis = createDiagnosis({
    tokens,
    certificates,
    authorities,
    grants: store.grants,
    bridgeState: bridge.state,
    info: ports.info,
    now,
  })
  const handlers: Handlers = {
    ...createConsentHandlers({ desk, viewer }),
    ...createKeyHandlers({ tokens, certificates, drivers: store.drivers, desktop: ports.desktop }),
    ...createRecordHandlers({
      store,
      pdf,
      desktop: ports.desktop,
      changed,
      revokeGrant: core.revokeGrant,
      now,
    }),
    ...createProgramHandlers({
      info: ports.info,
      demoUrl: config.demoUrl ?? null,
      settings: store.settings,
      bridge,
      diagnosis,
      desktop: ports.desktop,
      settingsChanged: (isBridgeSwitched) => {
        emit('settings.changed', undefined)
        if (!isBridgeSwitched) return
        core.pausedChanged(core.bridgePorts.isPaused())
        emit('bridge.changed', undefined)
      },
    }),
  }

  let sweeping: NodeJS.Timeout | undefined
  return {
    core,
    desk,
    viewer,
    bridge,
    documents,
    handlers,
    start: async () => {
      sweeping = setInterval(documents.sweep, SWEEP_MS)
      sweeping.unref()
      // Reading a picture takes its time; pages need not wait for it.
      await Promise.all([seedSeal(ports), bridge.start()])
    },
    stop: async () => {
      clearInterval(sweeping)
      core.operations.stop()
      // Each whatever became of the others: the store above all is to be closed.
      const attempt = (step: () => unknown) =>
        Promise.resolve()
          .then(step)
          .catch((error: unknown) => log.error({ error }, 'not everything ended as it should'))
      await attempt(() => bridge.close())
      await attempt(() => viewer.close())
      await Promise.all([attempt(() => tokens.close()), attempt(() => pdf.close())])
      await attempt(() => documents.clear())
      await attempt(() => store.close())
    },
  }
}
