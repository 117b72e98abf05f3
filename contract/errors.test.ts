import { describe, expect, test } from 'vitest'
import { AppError, errorCodes, toAppError, toErrorData } from './errors.ts'

describe('error codes', () => {
  test.each(Object.entries(errorCodes))('%s has a text in both languages and a fitting status', (code, definition) => {
    expect(code).toMatch(/^[a-z]+\.[a-z_]+$/)
    expect(definition.zh).toMatch(/[\u4e00-\u9fff].*。$/u)
    expect(definition.en).toMatch(/^[A-Z].*\.$/)
    expect(definition.status).toBeGreaterThanOrEqual(400)
    expect(definition.status).toBeLessThan(600)
  })

  test('an unknown error keeps its cause for the log and shows nothing of it', () => {
    const cause = new Error('PIN 123456')
    const error = toAppError(cause)
    expect(error.cause).toBe(cause)
    expect(JSON.stringify(toErrorData(cause))).not.toContain('123456')
    expect(error.code).toBe('program.unexpected')
  })

  test('an AppError passes as it is', () => {
    const error = new AppError('pin.incorrect', { triesLeft: 2 })
    expect(toAppError(error)).toBe(error)
    expect(toErrorData(error)).toEqual({ code: 'pin.incorrect', details: { triesLeft: 2 } })
  })
})
