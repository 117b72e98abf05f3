import { app, dialog, nativeTheme, shell } from 'electron'
import path from 'node:path'
import type { Desktop } from '../ipc/desktop.ts'
import { setAutostart } from './autostart.ts'

/** Electron's dialogs and system settings. */
export const createDesktop = (): Desktop => ({
  chooseFile: async ({ name, extensions }) => {
    const { canceled, filePaths } = await dialog.showOpenDialog({
      properties: ['openFile', 'dontAddToRecent'],
      filters: [{ name, extensions: [...extensions] }],
    })
    return canceled ? null : (filePaths[0] ?? null)
  },
  chooseTarget: async (suggestedName) => {
    const { canceled, filePath } = await dialog.showSaveDialog({
      defaultPath: path.join(app.getPath('documents'), suggestedName),
    })
    return canceled || filePath === '' ? null : filePath
  },
  openInBrowser: (url) => shell.openExternal(url),
  setTheme: (theme) => {
    nativeTheme.themeSource = theme
  },
  setStartAtLogin: async (isOn) => {
    // From its sources the program is Electron's first argument.
    const args = [...(app.isPackaged ? [] : [app.getAppPath()]), '--hidden']
    // Electron knows login items on macOS and Windows only.
    if (process.platform === 'linux') await setAutostart(isOn, [process.execPath, ...args], app.getPath('appData'))
    else app.setLoginItemSettings({ openAtLogin: isOn, args })
  },
})
