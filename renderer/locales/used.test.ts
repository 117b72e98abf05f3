import { expect, it } from 'vitest'
import { zhCn } from './zh-cn/index.ts'

const files = import.meta.glob<string>(['../{app,features,ui}/**/*.{ts,tsx}', '!../**/*.test.ts'], {
  query: '?raw',
  import: 'default',
  eager: true,
})
const sources = Object.values(files).join('\n')

const isText = (value: unknown): boolean => typeof value === 'string' || Array.isArray(value)
const keys = (value: object, before = ''): string[] =>
  Object.entries(value).flatMap(([name, inner]: [string, object]) =>
    isText(inner) ? [before + name] : keys(inner, `${before}${name}.`),
  )

/** `t('a.b')` as it stands; in `` t(`a.${b}`) `` a hole stands for one name or a part of it. */
const uses = [...sources.matchAll(/\bt\(\s*(?:'([\w.-]+)'|`([^`]+)`)/g)].map(
  ([, plain, pattern]) =>
    new RegExp(
      `^${(plain ?? pattern ?? '')
        .split(/\$\{[^}]*\}/)
        .map((part) => part.replaceAll('.', '\\.'))
        .join('[^.]+')}$`,
    ),
)

it('every text is used', () => {
  expect(keys(zhCn).filter((key) => !uses.some((use) => use.test(key)))).toEqual([])
})
