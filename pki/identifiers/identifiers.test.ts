import { describe, expect, test } from 'vitest'
import { readCreditCode } from './credit-code.ts'
import { isPossibleDivision, readDivision } from './divisions.ts'
import { maskBankCard, maskName, maskPhone, maskResidentId } from './mask.ts'
import { readOrganizationCode } from './organization-code.ts'
import { readResidentId } from './resident-id.ts'

const now = new Date('2026-11-23T00:00:00Z')
const reasonOf = (reading: { isValid: boolean; reason?: string }) => reading.reason

describe('统一社会信用代码', () => {
  test('ok/the example of GB 32100-2015, as people type it', () => {
    const value = {
      code: '91350100M000100Y43',
      department: '9',
      category: '1',
      division: '350100',
      organizationCode: 'M000100Y4',
    }
    for (const text of [
      '91350100M000100Y43',
      ' 91350100m000100y43 ',
      '９１３５０１００Ｍ０００１００Ｙ４３',
      '91350100-M000100Y-43',
    ]) {
      expect(readCreditCode(text)).toEqual({ isValid: true, value })
    }
  })

  test('fail/each with its reason', () => {
    expect(reasonOf(readCreditCode('91350100M000100Y4'))).toBe('length')
    expect(reasonOf(readCreditCode('91350100I000100Y43'))).toBe('character')
    expect(reasonOf(readCreditCode('91350100M000100Y44'))).toBe('check')
    expect(reasonOf(readCreditCode('B1350100M000100Y43'))).toBe('check')
  })

  test('fail/any single wrong character and any two neighbours exchanged are found', () => {
    const code = '91350100M000100Y43'
    for (let at = 0; at < 18; at++) {
      const other = code.charAt(at) === '7' ? '8' : '7'
      expect(readCreditCode(code.slice(0, at) + other + code.slice(at + 1)).isValid).toBe(false)
      const exchanged = code.slice(0, at) + code.charAt(at + 1) + code.charAt(at) + code.slice(at + 2)
      if (exchanged !== code) expect(readCreditCode(exchanged).isValid).toBe(false)
    }
  })
})

describe('组织机构代码', () => {
  test('ok/with and without hyphen', () => {
    expect(readOrganizationCode('M000100Y-4')).toEqual({ isValid: true, value: 'M000100Y4' })
    expect(readOrganizationCode('m000100y4').isValid).toBe(true)
  })
  test('fail/each with its reason', () => {
    expect(reasonOf(readOrganizationCode('M000100Y'))).toBe('length')
    expect(reasonOf(readOrganizationCode('M00010.Y4'))).toBe('character')
    expect(reasonOf(readOrganizationCode('M000100Y5'))).toBe('check')
  })
})

describe('公民身份号码', () => {
  test('ok/the examples of GB 11643-1999', () => {
    expect(readResidentId('11010519491231002x', now)).toEqual({
      isValid: true,
      value: { number: '11010519491231002X', division: '110105', birthDate: '1949-12-31', sex: 'female' },
    })
    expect(readResidentId('440524188001010014', now)).toMatchObject({ value: { birthDate: '1880-01-01', sex: 'male' } })
  })
  test('fail/each with its reason', () => {
    expect(reasonOf(readResidentId('110105491231002', now))).toBe('first_generation')
    expect(reasonOf(readResidentId('1101051949123100', now))).toBe('length')
    expect(reasonOf(readResidentId('11010519491231002A', now))).toBe('character')
    expect(reasonOf(readResidentId('110105194912310021', now))).toBe('check')
    expect(reasonOf(readResidentId(withCheck('99010519491231002'), now))).toBe('division')
    expect(reasonOf(readResidentId(withCheck('11010519490230002'), now))).toBe('date')
    expect(reasonOf(readResidentId(withCheck('11010520270101002'), now))).toBe('date')
  })
})

describe('行政区划', () => {
  test.each([
    ['330106', '浙江省 杭州市 西湖区', true],
    ['110101', '北京市 东城区', true],
    ['110103', '北京市 崇文区', false],
    ['330103', '浙江省 杭州市 下城区', false],
    ['429004', '湖北省 仙桃市', true],
    ['441900', '广东省 东莞市', true],
    ['659012', '新疆维吾尔自治区 白杨市', true],
    ['820008', '澳门特别行政区 圣方济各堂区', true],
    ['350000', '福建省', true],
  ])('ok/%s is %s', (code, path, isCurrent) => {
    const division = readDivision(code)
    expect([division?.path.join(' '), division?.isCurrent]).toEqual([path, isCurrent])
    expect(division?.name).toBe(division?.path.at(-1))
  })
  test('fail/a code that was never given is no name, and only a province that is none makes it impossible', () => {
    expect([readDivision('330199'), readDivision('33010'), readDivision('990000')]).toEqual([null, null, null])
    expect([isPossibleDivision('330199'), isPossibleDivision('990000')]).toEqual([true, false])
  })
})

test('ok/masking leaves enough to recognise one’s own', () => {
  expect(maskResidentId('11010519491231002X')).toBe('110***********002X')
  expect(maskPhone('13800001234')).toBe('138****1234')
  expect([maskName('张三'), maskName('欧阳修远'), maskName('𠮷田')]).toEqual(['张*', '欧***', '𠮷*'])
  expect(maskBankCard('6222020000001234')).toBe('6222********1234')
  expect([maskPhone('123'), maskName('')]).toEqual(['***', ''])
})

/** The check character by the table of the standard, written out here once more. */
function withCheck(digits: string): string {
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
  const sum = weights.reduce((total, weight, index) => total + weight * Number(digits[index]), 0)
  const table: Record<number, string> = {
    0: '1',
    1: '0',
    2: 'X',
    3: '9',
    4: '8',
    5: '7',
    6: '6',
    7: '5',
    8: '4',
    9: '3',
    10: '2',
  }
  return digits + (table[sum % 11] ?? '')
}
