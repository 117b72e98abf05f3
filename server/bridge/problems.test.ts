import { describe, expect, test } from 'vitest'
import { AppError, errorCodes, type ErrorCode } from '#contract/errors.ts'
import { problemSchema } from '#contract/operations.ts'
import { requestError, toProblem } from './problems.ts'

describe('problem documents', () => {
  test('every code makes a valid problem with its status and both texts', () => {
    for (const code of Object.keys(errorCodes) as ErrorCode[]) {
      const problem = problemSchema.parse(toProblem({ code, details: { a: 1 } }, 't'))
      expect(problem).toMatchObject({ code, status: errorCodes[code].status, message: errorCodes[code].zh })
    }
  })

  test.each([
    [new AppError('grant.expired'), 'grant.expired'],
    [new URIError('URI malformed'), 'request.invalid'],
    [Object.assign(new Error('aborted'), { code: 'ECONNRESET' }), 'operation.cancelled_by_caller'],
    [new Error('anything'), 'program.unexpected'],
    ['a string', 'program.unexpected'],
  ])('%s becomes %s', (thrown, code) => expect(requestError(thrown).code).toBe(code))
})
