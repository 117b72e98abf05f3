import type * as z from 'zod'
import { AppError, type ErrorDetails } from '#contract/errors.ts'

/** What looks like a name of a field may be told; anything else could be a value that was put into the wrong place. */
const fieldName = /^[A-Za-z_][A-Za-z0-9_-]{0,39}$/

const unknownField = (key: string | undefined): ErrorDetails =>
  key !== undefined && fieldName.test(key) ? { key } : {}

const helpFor = (issue: z.core.$ZodIssue): ErrorDetails => {
  if (issue.code === 'unrecognized_keys') return unknownField(issue.keys[0])
  return issue.code === 'invalid_value' ? { allowed: issue.values.map(String).join(', ') } : {}
}

/** Path, kind, and what would have been right: never the value, which may be what nobody is to read, a PIN sent by mistake. */
export const invalidRequest = (part: string, issue: z.core.$ZodIssue | undefined): AppError => {
  const field = [part, ...(issue?.path ?? [])].join('.')
  return new AppError('request.invalid', { field, issue: issue?.code ?? 'unknown', ...(issue && helpFor(issue)) })
}

/** For a route that takes no query at all. */
export const unknownQuery = (query: object): AppError =>
  new AppError('request.invalid', {
    field: 'query',
    issue: 'unrecognized_keys',
    ...unknownField(Object.keys(query)[0]),
  })
