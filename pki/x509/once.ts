/** Puts work off until somebody asks for its result, and does it once. Not for work that can fail. */
export const once = <T>(work: () => T): (() => T) => {
  let done: { readonly result: T } | undefined
  return () => (done ??= { result: work() }).result
}
