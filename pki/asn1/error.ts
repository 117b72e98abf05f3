import { AppError } from '#contract/errors.ts'
import type { ErrorCode, ErrorDetails } from '#contract/errors.ts'

/** Input that is not the expected DER. `offset` counts from the start of the outermost buffer. */
export class Asn1Error extends Error {
  readonly reason: string
  readonly offset: number

  constructor(reason: string, offset: number) {
    super(`${reason} at offset ${offset}`)
    this.name = 'Asn1Error'
    this.reason = reason
    this.offset = offset
  }
}

/** Runs a parser; what it cannot read becomes an AppError of the caller's own code, with reason and offset. */
export const orAppError = <T>(code: ErrorCode, parse: () => T, details: ErrorDetails = {}): T => {
  try {
    return parse()
  } catch (error) {
    if (error instanceof Asn1Error) {
      throw new AppError(code, { ...details, reason: error.reason, offset: error.offset }, { cause: error })
    }
    throw error
  }
}
