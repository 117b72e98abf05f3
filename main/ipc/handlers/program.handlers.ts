import type { BridgeControl } from '../../bridge/bridge-control.ts'
import type { Diagnosis } from '../../diagnosis/diagnosis.ts'
import type { SettingsStore } from '../../store/settings.store.ts'
import type { Desktop } from '../desktop.ts'
import type { Handlers } from '../dispatch.ts'

type ProgramCalls =
  | 'program.info'
  | 'program.openDemo'
  | 'settings.get'
  | 'settings.set'
  | 'bridge.state'
  | 'bridge.retry'
  | 'diagnosis.run'
  | 'diagnosis.export'

export interface ProgramInfo {
  readonly version: string
  readonly electron: string
  readonly platform: string
  readonly dataPath: string
}

export interface ProgramHandlerPorts {
  readonly info: ProgramInfo
  /** The example platform's page, where there is one. */
  readonly demoUrl: string | null
  readonly settings: SettingsStore
  readonly bridge: BridgeControl
  readonly diagnosis: Diagnosis
  readonly desktop: Desktop
  readonly settingsChanged: (isBridgeSwitched: boolean) => void
}

/** The program itself: settings, bridge, diagnosis. */
export const createProgramHandlers = (ports: ProgramHandlerPorts): Pick<Handlers, ProgramCalls> => {
  const { settings, bridge, desktop, diagnosis } = ports
  return {
    'program.info': () => ({ ...ports.info, hasDemo: ports.demoUrl !== null }),
    'program.openDemo': async () => {
      if (ports.demoUrl !== null) await desktop.openInBrowser(ports.demoUrl)
    },
    'settings.get': () => settings.get(),
    'settings.set': async (changes) => {
      const before = settings.get()
      // The system first: what it refuses is not stored as if it were so.
      if (changes.startAtLogin !== undefined) await desktop.setStartAtLogin(changes.startAtLogin)
      const after = settings.set(changes)
      desktop.setTheme(after.theme)
      ports.settingsChanged(before.isBridgeEnabled !== after.isBridgeEnabled)
      return after
    },
    'bridge.state': () => bridge.state(),
    'bridge.retry': async () => {
      await bridge.start()
      return bridge.state()
    },
    'diagnosis.run': () => diagnosis.run(),
    'diagnosis.export': async () => {
      const path = await desktop.chooseTarget('diagnosis.json')
      if (path !== null) await diagnosis.exportTo(path)
      return { path }
    },
  }
}
