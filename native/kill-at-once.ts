/** SIGKILL. A process that has just ended by itself is what was wanted. */
export const killAtOnce = (pid: number): void => {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
