import { isPossibleDivision } from './divisions.ts'
import { readOrganizationCode } from './organization-code.ts'
import { invalid, tidy, valid, weightedSum } from './reading.ts'
import type { Reading } from './reading.ts'

/** Without I, O, S, V and Z. */
const ALPHABET = '0123456789ABCDEFGHJKLMNPQRTUWXY'
const WEIGHTS = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28]
/** GB 32100-2015 with amendment 1, table 1: who registered it. */
const DEPARTMENTS = '123456789ANY'

export interface CreditCode {
  /** 18 characters. */
  readonly code: string
  /** First character: 9 is 市场监管 (工商). */
  readonly department: string
  /** Second character; under 9: 1 企业, 2 个体工商户, 3 农民专业合作社. */
  readonly category: string
  /** GB/T 2260, six digits, of the registering office. */
  readonly division: string
  /** GB 11714, nine characters. */
  readonly organizationCode: string
}

export type CreditCodeReason = 'length' | 'character' | 'department' | 'division' | 'organization_check' | 'check'

/** 统一社会信用代码, GB 32100-2015 with amendment 1 (2016). */
export const readCreditCode = (text: string): Reading<CreditCode, CreditCodeReason> => {
  const code = tidy(text)
  if (code.length !== 18) return invalid('length')
  if (!/^[0-9A-HJ-NPQRTUWXY]{18}$/.test(code)) return invalid('character')
  const check = ALPHABET.charAt((31 - (weightedSum(code, ALPHABET, WEIGHTS) % 31)) % 31)
  if (!code.endsWith(check)) return invalid('check')
  const [department, category] = [code.charAt(0), code.charAt(1)]
  if (!DEPARTMENTS.includes(department)) return invalid('department')
  const division = code.slice(2, 8)
  // The state's own register is division 100000.
  if (division !== '100000' && !isPossibleDivision(division)) return invalid('division')
  const organizationCode = code.slice(8, 17)
  if (!readOrganizationCode(organizationCode).isValid) return invalid('organization_check')
  return valid({ code, department, category, division, organizationCode })
}
