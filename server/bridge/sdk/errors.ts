import type { Diagnosis, Problem } from './types.ts'

/** Every error of the SDK. `code`: one of the bridge's closed list, or `sdk.` with the code of a diagnosis. */
export class BridgeError extends Error {
  readonly code: string
  /** The sentence for the person. */
  readonly zh: string
  readonly isRetryable: boolean
  readonly details: Problem['details']
  readonly traceId: string | null
  /** Set where the SDK itself found out what is wrong. */
  readonly diagnosis: Diagnosis | null

  constructor(code: string, en: string, zh: string, rest: Partial<Problem> & { diagnosis?: Diagnosis } = {}) {
    super(en)
    this.name = 'BridgeError'
    this.code = code
    this.zh = zh
    this.isRetryable = rest.retryable ?? false
    this.details = rest.details ?? {}
    this.traceId = rest.traceId ?? null
    this.diagnosis = rest.diagnosis ?? null
  }
}

export const fromProblem = (problem: Problem): BridgeError =>
  new BridgeError(problem.code, problem.detail, problem.message, problem)

export const fromDiagnosis = (diagnosis: Diagnosis): BridgeError =>
  new BridgeError(`sdk.${diagnosis.code}`, diagnosis.sentence.en, diagnosis.sentence.zh, { diagnosis, retryable: true })

/** A call that would be refused: told before anything is sent, with the argument's name. */
export const invalidArgument = (field: string, expected: string): BridgeError =>
  new BridgeError('request.invalid', `${field}: ${expected} expected.`, '请求内容不符合要求，请联系交易平台。', {
    details: { field, issue: 'invalid_type', expected },
  })

/** An answer that is none of the bridge's. */
export const unexpected = (what: string | number): BridgeError =>
  new BridgeError('program.unexpected', `Unexpected answer: ${what}`, '程序出现意外错误，请重试。')
