import { AppError, errorCodes, problemTypePrefix, toAppError, type ErrorData } from '#contract/errors.ts'
import type { Problem } from '#contract/operations.ts'

/** RFC 9457 problem document for an error of the closed list. Causes never leave the process. */
export const toProblem = ({ code, details }: ErrorData, traceId: string): Problem => {
  const definition = errorCodes[code]
  return {
    type: `${problemTypePrefix}${code}`,
    title: code,
    status: definition.status,
    detail: definition.en,
    code,
    retryable: definition.retryable,
    message: definition.zh,
    details: { ...details },
    traceId,
  }
}

/** Anything thrown while a request is served. Node's and Express's own complaints about a request are the caller's fault. */
export const requestError = (error: unknown): AppError => {
  if (error instanceof AppError) return error
  if (error instanceof URIError) return new AppError('request.invalid', { field: 'path' }, { cause: error })
  if (isDisconnect(error)) return new AppError('operation.cancelled_by_caller', {}, { cause: error })
  return toAppError(error)
}

const isDisconnect = (error: unknown): boolean =>
  error instanceof Error &&
  'code' in error &&
  (error.code === 'ECONNRESET' || error.code === 'ERR_STREAM_PREMATURE_CLOSE')
