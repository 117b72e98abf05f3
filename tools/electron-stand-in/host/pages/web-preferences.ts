import type * as Electron from 'electron'
import { notImplemented } from '../guard.ts'

/** Electron's defaults, which are also all the stand-in can do. */
export const defaultPreferences = {
  sandbox: true,
  contextIsolation: true,
  nodeIntegration: false,
  nodeIntegrationInWorker: false,
  nodeIntegrationInSubFrames: false,
  webSecurity: true,
  allowRunningInsecureContent: false,
  experimentalFeatures: false,
  webviewTag: false,
  navigateOnDragDrop: false,
  javascript: true,
  images: true,
  spellcheck: true,
  devTools: true,
  backgroundThrottling: true,
}

/** The stand-in can only be as strict as Electron's defaults; it refuses to pretend to be laxer. */
export function checkPreferences(preferences: Electron.WebPreferences): void {
  if (preferences.contextIsolation === false) throw notImplemented('contextIsolation: false')
  if (preferences.nodeIntegration === true) throw notImplemented('nodeIntegration: true')
  if (preferences.sandbox === false) throw notImplemented('sandbox: false')
  if (preferences.partition !== undefined) throw notImplemented('webPreferences.partition')
}
