/** Preloaded into the client by `npm start` (`electron -r`): tells when its window is there, ends with who started it. */
import { app } from 'electron'

const PATIENCE_MS = 5_000

app.once('browser-window-created', (_event, window) => {
  window.webContents.once('did-finish-load', () => {
    if (process.connected) process.send('up', () => undefined)
  })
})

process.once('disconnect', () => {
  setTimeout(() => app.exit(1), PATIENCE_MS).unref()
  app.quit()
})
