import { expect, it } from 'vitest'
import { creditCodeOf, holders } from './holders.ts'

it('the check character of a credit code follows GB 32100', () => {
  expect(creditCodeOf('91350100M000100Y4')).toBe('91350100M000100Y43')
})

it('each demo token has another holder, also beyond the last company', () => {
  const names = Array.from({ length: 9 }, (_, index) => holders(index).name)
  expect(new Set(names).size).toBe(9)
  for (let index = 0; index < 9; index++) expect(holders(index).creditCode).toMatch(/^[0-9A-HJ-NPQRTUWXY]{18}$/)
})
