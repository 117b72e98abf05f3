import { isPossibleDivision } from './divisions.ts'
import { invalid, tidy, valid, weightedSum } from './reading.ts'
import type { Reading } from './reading.ts'

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]

export interface ResidentId {
  /** 18 characters. */
  readonly number: string
  /** Where it was given first: GB/T 2260, perhaps retired since. */
  readonly division: string
  /** `YYYY-MM-DD`. */
  readonly birthDate: string
  readonly sex: 'male' | 'female'
}

/** `first_generation`: the fifteen digits of before 1999, not in force since 2013. */
export type ResidentIdReason = 'length' | 'first_generation' | 'character' | 'division' | 'date' | 'check'

const isDate = (year: number, month: number, day: number): boolean => {
  const date = new Date(Date.UTC(year, month - 1, day))
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day
}

/** 公民身份号码, GB 11643-1999. A birth date after `now` is none. */
export const readResidentId = (text: string, now: Date = new Date()): Reading<ResidentId, ResidentIdReason> => {
  const number = tidy(text)
  if (/^\d{15}$/.test(number)) return invalid('first_generation')
  if (number.length !== 18) return invalid('length')
  if (!/^\d{17}[0-9X]$/.test(number)) return invalid('character')
  if (!number.endsWith('10X98765432'.charAt(weightedSum(number, '0123456789', WEIGHTS) % 11))) return invalid('check')
  const division = number.slice(0, 6)
  if (!isPossibleDivision(division)) return invalid('division')
  const [year, month, day] = [number.slice(6, 10), number.slice(10, 12), number.slice(12, 14)]
  const birthDate = `${year}-${month}-${day}`
  const isPast = Number(year) >= 1850 && birthDate <= now.toISOString().slice(0, 10)
  if (!isPast || !isDate(Number(year), Number(month), Number(day))) return invalid('date')
  return valid({ number, division, birthDate, sex: Number(number.charAt(16)) % 2 === 1 ? 'male' : 'female' })
}
