/** Operations a second of this thread's CPU time. */
export const rateOf = (run: () => unknown, enough = 1): number => {
  const begun = process.threadCpuUsage()
  let count = 0
  for (;;) {
    run()
    count += 1
    const { user, system } = process.threadCpuUsage(begun)
    const seconds = (user + system) / 1e6
    if (seconds >= enough) return count / seconds
  }
}
