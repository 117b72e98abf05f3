import { createInstance } from 'i18next'
import { initReactI18next } from 'react-i18next'
import type { Settings } from '#contract/client.ts'
import { en } from './en/index.ts'
import { zhCn } from './zh-cn/index.ts'

export type Language = Settings['language']
export type Texts = typeof zhCn

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'texts'
    resources: { texts: Texts }
    returnNull: false
  }
}

/** zh-CN is the source; a key that English lacks falls back to it. */
export const createI18n = (language: Language) => {
  const i18n = createInstance()
  void i18n.use(initReactI18next).init({
    lng: language,
    fallbackLng: 'zh-CN',
    defaultNS: 'texts',
    ns: ['texts'],
    resources: { 'zh-CN': { texts: zhCn }, en: { texts: en } },
    interpolation: { escapeValue: false },
    // Some repairs are empty on purpose: nothing to do.
    returnEmptyString: true,
    initAsync: false,
  })
  return i18n
}
