import { errorCodes, isErrorCode, type ErrorCode } from '#contract/errors.ts'
import { errorNextEn } from './error-next.en.ts'
import { errorNextZhCn } from './error-next.zh-cn.ts'

export interface ErrorText {
  readonly code: ErrorCode
  /** What went wrong, one sentence. */
  readonly what: string
  /** What to do next, one or two sentences. */
  readonly next: string
}

export const errorText = (code: string, language: string): ErrorText => {
  const known: ErrorCode = isErrorCode(code) ? code : 'program.unexpected'
  const isEnglish = language.startsWith('en')
  return {
    code: known,
    what: errorCodes[known][isEnglish ? 'en' : 'zh'],
    next: (isEnglish ? errorNextEn : errorNextZhCn)[known],
  }
}
