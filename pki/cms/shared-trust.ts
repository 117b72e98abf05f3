import { defaultLimits } from '../path/budget.ts'
import type { TrustOptions } from './trust.ts'

/** Paths whose cost a message may cause, however many it has. */
const FULL_PATHS = 4

/** Hostile messages end quickly: their signers share what may be spent on paths. */
export const sharedTrust = (trust: TrustOptions, paths: number): TrustOptions => {
  if (paths <= FULL_PATHS) return trust
  const share = (limit: number): number => Math.ceil((limit * FULL_PATHS) / paths)
  const { signatures, steps, paths: whole, work, depth } = { ...defaultLimits, ...trust.limits }
  return {
    ...trust,
    limits: { signatures: share(signatures), steps: share(steps), paths: share(whole), work: share(work), depth },
  }
}
