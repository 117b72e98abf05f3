import { describe, expect, it } from 'vitest'
import { errorCodes, type ErrorCode } from '#contract/errors.ts'
import { en } from './en/index.ts'
import { errorNextEn } from './error-next.en.ts'
import { errorNextZhCn } from './error-next.zh-cn.ts'
import { errorText } from './error-text.ts'
import { createI18n } from './i18n.ts'
import { zhCn } from './zh-cn/index.ts'

const flatten = (value: unknown, path = ''): [string, unknown][] =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.entries(value).flatMap(([key, inner]: [string, unknown]) =>
        flatten(inner, path === '' ? key : `${path}.${key}`),
      )
    : [[path, value]]

const chinese = new Map(flatten(zhCn))
const english = new Map(flatten(en))
const variables = (text: unknown) => [...String(text).matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1]).sort()
const codes = Object.keys(errorCodes) as ErrorCode[]

describe('the texts', () => {
  it('have the same keys in both languages', () => {
    expect([...english.keys()].sort()).toEqual([...chinese.keys()].sort())
  })

  it('take the same values in both languages', () => {
    const different = [...chinese].filter(
      ([key, text]) => variables(text).join() !== variables(english.get(key)).join(),
    )
    expect(different.map(([key]) => key)).toEqual([])
  })

  it('are empty only where there is nothing to do', () => {
    const empty = [...chinese, ...english].filter(([key, text]) => text === '' && !key.includes('repair'))
    expect(empty).toEqual([])
  })

  it('are Chinese in Chinese, and free of Chinese in English but for the name of the language', () => {
    const bare = [...chinese].filter(
      ([key, text]) =>
        !/[\u4e00-\u9fff]/.test(String(text)) && text !== '' && !/[{}]/.test(String(text)) && key.startsWith('consent'),
    )
    expect(bare.map(([key]) => key)).toEqual(['consent.documents.digest'])
    const mixed = [...english].filter(([, text]) => /[\u4e00-\u9fff]/.test(String(text))).map(([key]) => key)
    expect(mixed).toEqual(['settings.look.languages.zh-CN'])
  })

  it('keep an empty repair empty instead of showing its key', () => {
    expect(createI18n('zh-CN').t('diagnosis.findings.load_ok.repair')).toBe('')
  })

  it('use the words of the field for the two buttons', () => {
    expect([zhCn.consent.approve, zhCn.consent.reject]).toEqual(['确认授权', '放弃授权'])
  })
})

describe('errors', () => {
  it.each(codes)('%s says what happened and what to do next, in both languages', (code) => {
    for (const language of ['zh-CN', 'en']) {
      const text = errorText(code, language)
      expect(text.code).toBe(code)
      expect(text.what.length).toBeGreaterThan(3)
      expect(text.next.length).toBeGreaterThan(3)
    }
    expect(/[\u4e00-\u9fff]/.test(errorNextZhCn[code])).toBe(true)
    expect(/[\u4e00-\u9fff]/.test(errorNextEn[code])).toBe(false)
  })

  it('has a text for a code that is not on the list', () => {
    expect(errorText('no.such_code', 'zh-CN').code).toBe('program.unexpected')
  })
})
