const { contextBridge, ipcRenderer } = require('electron')

class Named {
  constructor() {
    this.name = 'own property'
    this.greet = () => 'hello from the preload'
  }
}

let refused = ''
try {
  require('node:fs')
} catch (error) {
  refused = error.message
}

contextBridge.exposeInMainWorld('contract', {
  invoke: (channel, ...args) => ipcRenderer.invoke(channel, ...args),
  send: (channel, ...args) => ipcRenderer.send(channel, ...args),
  on: (channel, listener) => {
    const wrapped = (_event, ...args) => listener(...args)
    ipcRenderer.on(channel, wrapped)
    return () => ipcRenderer.removeListener(channel, wrapped)
  },
  nested: { list: [1, { two: 2 }], text: 'text' },
  instance: new Named(),
  bytes: (value) => [value instanceof Uint8Array, value.length],
  fail: () => {
    throw new TypeError('from the preload')
  },
  reject: async () => {
    throw new Error('later')
  },
  twice: async (value, callback) => [await callback(value), await callback(value + 1)],
  refused: () => refused,
  globals: () => [typeof process.versions.electron, process.type, process.sandboxed, typeof window.page],
  argv: () => process.argv,
})
