/** What an identifier says, or why it can be none. */
export type Reading<Value, Reason extends string> =
  { readonly isValid: true; readonly value: Value } | { readonly isValid: false; readonly reason: Reason }

export const valid = <Value>(value: Value): { isValid: true; value: Value } => ({ isValid: true, value })
export const invalid = <Reason extends string>(reason: Reason): { isValid: false; reason: Reason } => ({
  isValid: false,
  reason,
})

/** Σ wᵢ·v(cᵢ) for the values of the characters in an alphabet. */
export const weightedSum = (text: string, alphabet: string, weights: readonly number[]): number =>
  weights.reduce((sum, weight, index) => sum + weight * alphabet.indexOf(text.charAt(index)), 0)

/** As people type them: full-width, small letters, spaces and hyphens in between. */
export const tidy = (text: string): string =>
  text
    .normalize('NFKC')
    .replaceAll(/[\s‐-―-]/g, '')
    .toUpperCase()
