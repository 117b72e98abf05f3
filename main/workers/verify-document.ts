import type { VerificationReport } from '#contract/bridge.ts'
import { AppError } from '#contract/errors.ts'

export const verifyDocument = (_file: string, _authorities: readonly Uint8Array[]): Promise<VerificationReport> =>
  Promise.reject(new AppError('document.unsupported'))
