import { mkdirSync } from 'node:fs'
import type * as Electron from 'electron'
import { guardObject, notImplemented } from '../guard.ts'
import { appPath } from '../process/app-paths.ts'

const parameters: Record<string, string> = {}

/** Node writes no crash dumps: the folder is made so that a program finds it, and it stays empty. */
const api = {
  start(options: Electron.CrashReporterStartOptions) {
    if (options.uploadToServer !== false) throw notImplemented('crashReporter.start({ uploadToServer: true })')
    mkdirSync(appPath('crashDumps'), { recursive: true })
    Object.assign(parameters, options.extra, options.globalExtra)
  },
  getUploadedReports: () => [],
  getLastCrashReport: () => null,
  getUploadToServer: () => false,
  addExtraParameter: (key: string, value: string) => void (parameters[key] = value),
  removeExtraParameter: (key: string) => void Reflect.deleteProperty(parameters, key),
  getParameters: () => ({ ...parameters }),
} satisfies Partial<Electron.CrashReporter>

export const crashReporter = guardObject(api, 'crashReporter')
