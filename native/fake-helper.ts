import type { HelperProcess, SpawnHelper } from './helper-process.ts'
import type { HelperCall, HelperRequest, ListedToken } from './protocol.ts'

/** What a scripted helper does with a call: a value, or a promise of it, is the answer; HANG is none, CRASH its end. */
export type Script = Partial<Record<HelperCall, (request: HelperRequest) => unknown>>
export const HANG = Symbol('hang')
export const CRASH = Symbol('crash')

export interface FakeHelpers {
  readonly spawn: SpawnHelper
  /** Of all helpers, in the order they came in. */
  readonly calls: HelperCall[]
  readonly spawned: () => number
  readonly alive: () => number
}

export const listedToken = (serial: string, label = `key ${serial}`): ListedToken => ({
  ...{ serial, label, slotId: 0, manufacturer: '', model: '', readOnly: false, hasPinPad: false, certificates: [] },
  pin: { state: 'ok', triesLeft: null, minLength: 4, maxLength: 16 },
})

export const library = { manufacturer: '', description: '', version: '1.0', cryptokiVersion: '2.40' }

const answers: Script = {
  load: () => library,
  list: () => ({ slots: [], tokens: [] }),
  mechanisms: () => [],
}

/** Helpers without a process, for tests: each answers as the script says, at the next turn of the event loop. */
export const createFakeHelpers = (script: Script = {}): FakeHelpers => {
  const calls: HelperCall[] = []
  let spawned = 0
  let alive = 0
  const spawn = (): HelperProcess => {
    spawned += 1
    alive += 1
    let isAlive = true
    let reply: (message: unknown) => void = () => undefined
    let exit: (code: number | null) => void = () => undefined
    const end = (): void => {
      if (!isAlive) return
      isAlive = false
      alive -= 1
      exit(null)
    }
    return {
      postMessage: (message) => {
        const request = message as HelperRequest
        calls.push(request.call)
        const answer = script[request.call] ?? answers[request.call]
        void Promise.resolve(answer?.(request) ?? null).then((value) => {
          if (value === HANG) return
          setImmediate(() => {
            if (value === CRASH) end()
            else if (isAlive) reply({ id: request.id, value })
          })
        })
      },
      onMessage: (listener) => (reply = listener),
      onExit: (listener) => (exit = listener),
      kill: end,
    }
  }
  return { spawn, calls, spawned: () => spawned, alive: () => alive }
}
