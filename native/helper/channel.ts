/** The line to the parent: Electron's `process.parentPort` in a utility process, else the IPC channel of a fork. */
export interface ParentChannel {
  readonly post: (message: unknown) => void
  readonly onMessage: (listener: (message: unknown) => void) => void
}

interface ParentPort {
  postMessage: (message: unknown) => void
  on: (event: 'message', listener: (event: { data: unknown }) => void) => void
}

const parentPort = (process as { parentPort?: ParentPort }).parentPort

/** A helper never outlives its parent: it holds the key's driver, and perhaps a login. */
process.on('disconnect', () => process.exit(0))

export const parentChannel = (): ParentChannel =>
  parentPort
    ? {
        post: (message) => parentPort.postMessage(message),
        onMessage: (listener) => parentPort.on('message', ({ data }) => listener(data)),
      }
    : {
        post: (message) => {
          process.send?.(message)
        },
        onMessage: (listener) => {
          process.on('message', listener)
        },
      }
