import type { zhCn } from '../zh-cn/index.ts'

export const en: typeof zhCn = { product: { name: 'One Certificate' }, common: { loading: 'Loading …' } }
