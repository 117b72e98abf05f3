export interface Cancellable {
  readonly defaultPrevented: boolean
  preventDefault(): void
}

/** An event whose listeners may say no. */
export function cancellable(): Cancellable {
  let isPrevented = false
  const event = {
    preventDefault: () => {
      isPrevented = true
    },
  }
  return Object.defineProperty(event, 'defaultPrevented', { get: () => isPrevented }) as typeof event & Cancellable
}
