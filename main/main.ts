import { app, dialog } from 'electron'
import path from 'node:path'
import { shellText } from '#contract/shell-text.ts'
import { toAppError, errorCodes } from '#contract/errors.ts'
import { findLink, linkScheme } from './deep-link.ts'
import { registerScheme } from './windows/secure-window.ts'
import { startShell, type Shell } from './windows/shell.ts'

/**
 * Start-up. Everything before `ready` that Electron wants before `ready`; the rest is in `windows/shell.ts` (what needs
 * Electron) and `compose.ts` (what does not).
 */
const chosenDirectory = app.commandLine.getSwitchValue('user-data-dir')
if (chosenDirectory !== '') app.setPath('userData', path.resolve(chosenDirectory))

registerScheme()
// No crashReporter: a minidump holds the stack, and with it perhaps a PIN.

let shell: Shell | null = null
/** Asked for before the shell stood: a second start, or on macOS the very link that started the program. */
let early: { readonly link: string | null } | null = null

const activate = (link: string | null) => {
  if (shell === null) early = { link }
  else shell.activate(link)
}

/** The system's own box: there is no window yet that could say it. */
const refuseToStart = (error: unknown) => {
  const failure = toAppError(error)
  const { code } = failure
  dialog.showErrorBox(shellText['zh-CN'].startFailedTitle, `${errorCodes[code].zh}\n${errorCodes[code].en}\n(${code})`)
  const cause = failure.cause instanceof Error ? (failure.cause.stack ?? failure.cause.message) : ''
  process.stderr.write(`cannot start: ${code}\n${cause}\n`)
  app.exit(1)
}

const run = async () => {
  await app.whenReady()
  // A program run from its sources must not become the handler of links on a developer's computer.
  if (app.isPackaged) app.setAsDefaultProtocolClient(linkScheme)
  shell = await startShell({
    isHidden: process.argv.includes('--hidden'),
    link: findLink(process.argv),
  })
  if (early !== null) shell.activate(early.link)
}

if (app.requestSingleInstanceLock()) {
  app.on('second-instance', (_event, args) => activate(findLink(args)))
  app.on('open-url', (event, url) => {
    event.preventDefault()
    activate(url)
  })
  app.on('activate', () => activate(null))
  // The tray keeps the program: pages reach it without its window.
  app.on('window-all-closed', () => undefined)
  let isStopped = false
  app.on('will-quit', (event) => {
    if (isStopped || shell === null) return
    event.preventDefault()
    const leave = () => {
      isStopped = true
      app.exit(0)
    }
    shell.stop().then(leave, leave)
  })
  run().catch(refuseToStart)
} else {
  app.quit()
}
