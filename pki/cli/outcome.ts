/** What a command or a line of a batch ends with. */
export interface Outcome {
  /** 0 valid or done, 1 invalid, 2 the input cannot be used. */
  readonly status: 0 | 1 | 2
  /** Plain JSON. */
  readonly result: Readonly<Record<string, unknown>>
}

export const done = (result: Outcome['result']): Outcome => ({ status: 0, result })
export const judged = (isValid: boolean, result: Outcome['result']): Outcome => ({
  status: isValid ? 0 : 1,
  result: { valid: isValid, ...result },
})
