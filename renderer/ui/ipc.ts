import { isErrorCode, type ErrorCode, type ErrorDetails } from '#contract/errors.ts'
import type { CallInput, CallName, CallOutput } from '#contract/ipc.ts'

/** What main answered instead of a value. Carries a code of the closed list and details that are safe to show. */
export class CallError extends Error {
  readonly code: ErrorCode
  readonly details: ErrorDetails

  constructor(code: string, details: ErrorDetails) {
    super(code)
    this.name = 'CallError'
    this.code = isErrorCode(code) ? code : 'program.unexpected'
    this.details = details
  }
}

/** A call to main: resolves with the value or rejects with a CallError. */
export const ask = async <Name extends CallName>(name: Name, input: CallInput<Name>): Promise<CallOutput<Name>> => {
  const result = await window.yzt.call(name, input)
  if (!result.ok) throw new CallError(result.error.code, result.error.details)
  return result.value
}
