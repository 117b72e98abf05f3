const { contextBridge, ipcRenderer } = require('electron')
contextBridge.exposeInMainWorld('hello', {
  echo: (value) => ipcRenderer.invoke('echo', value),
  on: (listener) => { ipcRenderer.on('news', (_e, v) => listener(v)) },
})
