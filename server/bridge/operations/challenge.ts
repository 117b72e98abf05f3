import { AppError } from '#contract/errors.ts'

/**
 * R12. 32 to 128 bytes. Shorter ones could be a bare digest of something else or be guessed; the token signs them inside a
 * labelled structure with origin and time, so that no length makes it a signature over a digest the page chose.
 */
export const checkChallenge = (challenge: string): void => {
  const bytes = (challenge.length / 4) * 3 - (challenge.endsWith('==') ? 2 : challenge.endsWith('=') ? 1 : 0)
  if (bytes < 32 || bytes > 128) throw new AppError('request.invalid', { field: 'body.challenge', issue: 'length' })
}
