/** What one validation may cost at most, so that hostile certificates end quickly. */
export interface PathLimits {
  /** Certificates between an anchor and the target, the target included. */
  readonly depth: number
  /** Partial paths looked at. */
  readonly steps: number
  /** Whole paths checked. */
  readonly paths: number
  /** Signature checks, counted in checks of a common key (RSA of 2048 bits and an exponent of 17). */
  readonly signatures: number
  /** Comparisons of names with constraints, policies, entries of status data. */
  readonly work: number
}

export const defaultLimits: PathLimits = { depth: 20, steps: 5_000, paths: 200, signatures: 1_000, work: 500_000 }

export class LimitReached extends Error {
  readonly limit: keyof PathLimits

  constructor(limit: keyof PathLimits) {
    super(`limit of ${limit} reached`)
    this.name = 'LimitReached'
    this.limit = limit
  }
}

export interface Budget {
  readonly limits: PathLimits
  /** Throws LimitReached once more is spent than there is, and from then on whatever is spent: nothing goes on behind it. */
  spend(limit: keyof PathLimits, amount: number): void
}

export const createBudget = (limits: PathLimits): Budget => {
  const spent = { depth: 0, steps: 0, paths: 0, signatures: 0, work: 0 }
  let reached: LimitReached | null = null
  return {
    limits,
    spend: (limit, amount) => {
      spent[limit] += amount
      if (reached === null && spent[limit] > limits[limit]) reached = new LimitReached(limit)
      if (reached !== null) throw reached
    },
  }
}
