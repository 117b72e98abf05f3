import { AppError, errorCodes } from '#contract/errors.ts'
import { Asn1Error } from '../asn1/error.ts'
import { UsageError } from './arguments.ts'
import type { Outcome } from './outcome.ts'

/** The decryption said no: an answer about the input, not a fault of it. */
const verdicts: ReadonlySet<string> = new Set(['key.decryption_failed', 'envelope.not_for_key'])

const isSystemError = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && 'code' in error && 'syscall' in error

/** What was thrown, as an outcome. Programming errors are thrown on. */
export const failureOf = (error: unknown): Outcome => {
  if (error instanceof AppError) {
    const isVerdict = verdicts.has(error.code)
    const { code, details } = error
    return {
      status: isVerdict ? 1 : 2,
      result: { ...(isVerdict ? { valid: false } : {}), error: code, message: errorCodes[code].en, details },
    }
  }
  if (error instanceof Asn1Error) {
    return {
      status: 2,
      result: { error: 'asn1', message: error.message, details: { reason: error.reason, offset: error.offset } },
    }
  }
  if (error instanceof UsageError) return { status: 2, result: { error: 'usage', message: error.message } }
  if (error instanceof SyntaxError) return { status: 2, result: { error: 'json', message: error.message } }
  if (isSystemError(error)) return { status: 2, result: { error: error.code ?? 'system', message: error.message } }
  throw error
}
