import { AppError, toAppError, toErrorData } from '#contract/errors.ts'
import {
  calls,
  type CallInput,
  type CallName,
  type CallOutput,
  type CallResult,
  type WindowKind,
} from '#contract/ipc.ts'
import type { BridgeLog } from '#bridge/ports.ts'

/** Who calls, as main knows it; nothing of it comes from the page. */
export interface Sender {
  /** Kind of the window that the frame belongs to; null for a window that is not ours. */
  readonly kind: WindowKind | null
  readonly isTopFrame: boolean
  /** Address of the frame, null when it is gone. */
  readonly url: string | null
}

export type Handler<Name extends CallName> = (input: CallInput<Name>) => CallOutput<Name> | Promise<CallOutput<Name>>
/** One for each call: a missing one does not compile. */
export type Handlers = { readonly [Name in CallName]: Handler<Name> }

export interface DispatchPorts {
  readonly handlers: Handlers
  readonly log: BridgeLog
}

const isCallName = (name: unknown): name is CallName => typeof name === 'string' && Object.hasOwn(calls, name)

/** Origin and page of our own windows (main/windows/app-protocol.ts). */
export const pageOf: Readonly<Record<WindowKind, string>> = {
  main: '/index.html',
  consent: '/consent.html',
  viewer: '/viewer.html',
}
const ORIGIN = 'app://bundle'

const isOwnPage = (url: string | null, kind: WindowKind): boolean => {
  const parsed = url === null ? null : URL.parse(url)
  return parsed !== null && `${parsed.protocol}//${parsed.host}` === ORIGIN && parsed.pathname === pageOf[kind]
}

const mayCall = (name: CallName, { kind, isTopFrame, url }: Sender): boolean => {
  if (kind === null || !isTopFrame || !isOwnPage(url, kind)) return false
  const allowed: readonly WindowKind[] = calls[name].windows
  return allowed.includes(kind)
}

/** Overwrites every byte array of a call's input: a PIN is in none of them afterwards. */
const overwrite = (input: unknown) => {
  if (input === null || typeof input !== 'object') return
  for (const value of Object.values(input)) if (value instanceof Uint8Array) value.fill(0)
}
const HOLDS_PIN = /^(keys\.|consent\.approve$)/

/** One call of a window: sender checked, input parsed, handler run, output checked, result in an envelope. */
export const createDispatch = ({ handlers, log }: DispatchPorts) => {
  const run = async (name: CallName, rawInput: unknown): Promise<CallResult<unknown>> => {
    try {
      const input = calls[name].input.safeParse(rawInput)
      if (!input.success) throw new AppError('request.invalid', { call: name })
      // The schema of this very name made the input: TypeScript cannot follow that through the table.
      const handler = handlers[name] as (input: unknown) => unknown
      const value = await handler(input.data)
      const output = calls[name].output.safeParse(value)
      if (!output.success) throw new AppError('program.unexpected', { call: name }, { cause: output.error })
      return { ok: true, value: output.data }
    } finally {
      if (HOLDS_PIN.test(name)) overwrite(rawInput)
    }
  }

  return async (request: unknown, sender: Sender): Promise<CallResult<unknown>> => {
    const name = request !== null && typeof request === 'object' && 'name' in request ? request.name : null
    const input = request !== null && typeof request === 'object' && 'input' in request ? request.input : undefined
    try {
      if (!isCallName(name) || !mayCall(name, sender)) {
        log.warn(
          { call: String(name).slice(0, 60), window: sender.kind, isTopFrame: sender.isTopFrame },
          'call refused',
        )
        throw new AppError('program.forbidden')
      }
      return await run(name, input)
    } catch (error) {
      const failure = toAppError(error)
      if (failure.code === 'program.unexpected') log.error({ call: String(name), error: failure }, 'call failed')
      const { code, details } = toErrorData(failure)
      return { ok: false, error: { code, details: { ...details } } }
    }
  }
}
