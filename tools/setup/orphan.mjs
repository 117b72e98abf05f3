const LOOK_MS = 500

/**
 * Calls `stop` once the process that started this one is gone. npm passes a SIGTERM to its shell, and the shell ends
 * without passing it on; a killed parent says nothing at all. Windows keeps the number of a dead parent: no effect there.
 * @param {() => void} stop
 */
export const whenOrphaned = (stop) => {
  const parent = process.ppid
  const look = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(look)
    stop()
  }, LOOK_MS)
  look.unref()
}
