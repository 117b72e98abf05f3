import { invalid, tidy, valid, weightedSum } from './reading.ts'
import type { Reading } from './reading.ts'

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ'
const WEIGHTS = [3, 7, 9, 10, 5, 8, 4, 2]

export type OrganizationCodeReason = 'length' | 'character' | 'check'

/** 组织机构代码, GB 11714-1997: eight characters and a check character, with or without the hyphen. Value: nine characters. */
export const readOrganizationCode = (text: string): Reading<string, OrganizationCodeReason> => {
  const code = tidy(text)
  if (code.length !== 9) return invalid('length')
  if (!/^[0-9A-Z]{8}[0-9X]$/.test(code)) return invalid('character')
  const check = '0X987654321'.charAt(weightedSum(code, ALPHABET, WEIGHTS) % 11)
  return code.endsWith(check) ? valid(code) : invalid('check')
}
