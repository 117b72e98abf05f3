import { AppError } from '#contract/errors.ts'
import { explicit } from '../asn1/writer.ts'
import { readCreditCode } from '../identifiers/credit-code.ts'
import { readOrganizationCode } from '../identifiers/organization-code.ts'
import { readResidentId } from '../identifiers/resident-id.ts'
import type { ExtensionInput } from './extensions.ts'
import { printableString } from './name.ts'

/** Numbers of the holder for the extensions of GM/T 0015, GB/T 20518. */
export interface HolderNumbers {
  readonly residentId?: string
  readonly passport?: string
  readonly socialInsurance?: string
  readonly registration?: string
  /** 统一社会信用代码, or 组织机构代码 of old. */
  readonly organization?: string
  readonly tax?: string
}

const checks: Partial<Record<keyof HolderNumbers, (text: string) => boolean>> = {
  residentId: (text) => readResidentId(text).isValid,
  organization: (text) => readCreditCode(text).isValid || readOrganizationCode(text).isValid,
}

const oids: Record<keyof HolderNumbers, string> = {
  residentId: '1.2.156.10260.4.1.1',
  passport: '1.2.156.10260.4.1.1',
  socialInsurance: '1.2.156.10260.4.1.2',
  registration: '1.2.156.10260.4.1.3',
  organization: '1.2.156.10260.4.1.4',
  tax: '1.2.156.10260.4.1.5',
}

/** IdentifyCode ::= CHOICE { residenterCardNumber [0], militaryOfficerCardNumber [1], passportNumber [2] }, EXPLICIT. */
const choices: Partial<Record<keyof HolderNumbers, number>> = { residentId: 0, passport: 2 }

/**
 * The extensions of the edition of 2012, which every reader knows: a PrintableString each. They are put into certificates as
 * they are given, so a number whose check digit fails is refused. @throws request.invalid with the field
 */
export const holderExtensions = (numbers: HolderNumbers): ExtensionInput[] => {
  if (numbers.residentId !== undefined && numbers.passport !== undefined) {
    throw new AppError('request.invalid', { field: 'passport', reason: 'one_identity_code' })
  }
  const fields = Object.keys(oids) as (keyof HolderNumbers)[]
  return fields.flatMap((field) => {
    const text = numbers[field]
    if (text === undefined) return []
    if (checks[field]?.(text) === false) throw new AppError('request.invalid', { field, reason: 'check' })
    const value = printableString(text, field)
    const choice = choices[field]
    return [{ oid: oids[field], isCritical: false, value: choice === undefined ? value : explicit(choice, value) }]
  })
}
