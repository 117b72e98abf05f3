interface LockOptions {
  readonly patienceMs: number
  readonly busy: (holder: number | null, file: string) => string
}
export declare const withLock: <Value>(
  file: string,
  work: () => Promise<Value>,
  options?: LockOptions,
) => Promise<Value>
