import { readCreditCode } from '../identifiers/credit-code.ts'
import { readOrganizationCode } from '../identifiers/organization-code.ts'
import { readResidentId } from '../identifiers/resident-id.ts'
import type { Extension } from './extensions.ts'
import { readHolderTexts } from './holder-text.ts'
import type { HolderText } from './holder-text.ts'
import type { DistinguishedName } from './name.ts'

export type HolderNumberKind =
  | 'creditCode'
  | 'organizationCode'
  | 'residentId'
  | 'militaryId'
  | 'passport'
  | 'socialInsurance'
  | 'registrationNumber'
  | 'taxNumber'

export interface HolderNumber {
  readonly kind: HolderNumberKind
  readonly value: string
  /** Whether its check digits hold; null for kinds that have none here. */
  readonly isValid: boolean | null
  /** OID of the extension, or type of the subject's attribute, e.g. `O`. */
  readonly source: string
}

/** Numbers of the holder that Chinese CAs put into extensions (GM/T 0015) or into the subject. */
export interface HolderIdentity {
  /** Unified social credit code (GB 32100): one that holds if there is one, else what looks like one. */
  readonly creditCode: string | null
  readonly residentId: string | null
  readonly registrationNumber: string | null
  readonly taxNumber: string | null
  /** Everything that was found, extensions first, each value once a kind. */
  readonly numbers: readonly HolderNumber[]
}

/** What an extension is meant for: GM/T 0015 of 2012 and 2023 side by side, then the arc of the RSA era. */
const meanings: ReadonlyMap<string, HolderNumberKind> = new Map([
  ['1.2.156.10260.4.1.1', 'residentId'],
  ['1.2.156.10260.4.1.1.1', 'residentId'],
  ['1.2.156.10260.4.1.1.2', 'passport'],
  ['1.2.156.10260.4.1.2', 'socialInsurance'],
  ['1.2.156.10260.4.1.3', 'registrationNumber'],
  // CAs put the credit code where the organization code was.
  ['1.2.156.10260.4.1.4', 'organizationCode'],
  ['1.2.156.10260.4.1.5', 'taxNumber'],
  ['1.2.156.10260.4.4', 'creditCode'],
  ['1.2.86.11.7.1', 'residentId'],
  ['1.2.86.11.7.2', 'socialInsurance'],
  ['1.2.86.11.7.3', 'registrationNumber'],
  ['1.2.86.11.7.4', 'creditCode'],
  ['1.2.86.11.7.5', 'taxNumber'],
])

/** Identifiers of CAs' own (Beijing, Shanghai) with whatever number they know the holder by: its check digits tell which. */
const uniqueIds: ReadonlySet<string> = new Set([
  '1.2.86.11.7.1.8',
  '2.16.840.1.113732.2',
  '1.2.156.1.8888.148',
  '1.2.156.112570.11.205',
  '1.2.156.112570.11.210',
])

/** IdentifyCode ::= CHOICE { residenterCardNumber [0], militaryOfficerCardNumber [1], passportNumber [2] }. */
const identifyCode: readonly HolderNumberKind[] = ['residentId', 'militaryId', 'passport']

/** Shape of GB 32100: 18 characters, none of I O Z S V; the sixth of the address part is always a digit. */
const creditCodeShape = /(?<![0-9A-Z])[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10}(?![0-9A-Z])/
/** A number in what is joined by @ and the like; its own or a CA's letters (`SF`, `JJ`, `N`, `0`) may stand in front. */
const numberIn = /(?<![0-9A-Z])([0-9A-Z]{0,2}?)([0-9A-Z]{18}|[0-9A-Z]{8}-?[0-9X])(?![0-9A-Z])/gi
/** What BJCA sets in front of 身份证 and 组织机构代码. */
const marks: ReadonlyMap<string, HolderNumberKind> = new Map([
  ['SF', 'residentId'],
  ['JJ', 'organizationCode'],
])

type Found = Omit<HolderNumber, 'source'>

const holds = (kind: HolderNumberKind, text: string): boolean | null => {
  if (kind === 'residentId') return readResidentId(text).isValid
  if (kind === 'organizationCode') return readOrganizationCode(text).isValid
  if (kind === 'creditCode') return readCreditCode(text).isValid
  // Both have been the credit code since 2015; what they were before has no check that is read here.
  if (kind === 'registrationNumber' || kind === 'taxNumber') return readCreditCode(text).isValid || null
  return null
}

/** Numbers that prove themselves: credit code and resident ID anywhere, nine characters only where something says so. */
const provenIn = (text: string, meaning: HolderNumberKind | null): Found[] =>
  [...text.matchAll(numberIn)].flatMap(({ 1: mark = '', 2: number = '' }): Found[] => {
    if (number.length === 18) {
      const kind = (['creditCode', 'residentId'] as const).find((candidate) => holds(candidate, number) === true)
      return kind === undefined ? [] : [{ kind, value: number.toUpperCase(), isValid: true }]
    }
    const isExpected = meaning === 'organizationCode' || marks.get(mark.toUpperCase()) === 'organizationCode'
    return isExpected && readOrganizationCode(number).isValid
      ? [{ kind: 'organizationCode', value: number.toUpperCase(), isValid: true }]
      : []
  })

const printable = (text: string): string => text.replaceAll(/[^\p{L}\p{N}\p{P} ]/gu, '').trim()

const withoutMark = (text: string): string => text.replace(/^(SF|JJ)(?=[0-9A-Z])/, '')

/** What an extension with a meaning holds: numbers that prove themselves, and its own text as what it is meant for. */
const fromMeaning = (text: string, meaning: HolderNumberKind): Found[] => {
  const proven = provenIn(text, meaning)
  const shape = meaning === 'creditCode' || meaning === 'organizationCode' ? creditCodeShape.exec(text)?.[0] : undefined
  if (shape !== undefined && proven.length === 0) return [{ kind: 'creditCode', value: shape, isValid: false }]
  // The code of an enterprise in the place of a person's number, or of the organization code: it is what it proves to be.
  const isReplaced = meaning === 'residentId' || meaning === 'organizationCode' || meaning === 'creditCode'
  if (isReplaced && proven.length > 0) return proven
  if (meaning === 'creditCode') return []
  const value = withoutMark(text)
  return [...proven, { kind: meaning, value, isValid: holds(meaning, value) }]
}

const fromExtension = ({ text, oid, choice }: HolderText, extensionOid: string): Found[] => {
  const cleaned = printable(text)
  if (cleaned === '') return []
  if (uniqueIds.has(extensionOid)) return provenIn(cleaned, 'organizationCode')
  const outer = meanings.get(extensionOid)
  const chosen = outer === 'residentId' && choice !== null ? identifyCode[choice] : undefined
  const meaning = (oid === null ? undefined : meanings.get(oid)) ?? chosen ?? outer
  return meaning === undefined ? [] : fromMeaning(cleaned, meaning)
}

const fromSubject = (text: string): Found[] => {
  if (text.length < 9) return []
  const proven = provenIn(text, null)
  const shape = proven.length > 0 ? undefined : creditCodeShape.exec(text)?.[0]
  return shape === undefined ? proven : [{ kind: 'creditCode', value: shape, isValid: false }]
}

const isNumberExtension = ({ oid }: Extension): boolean => meanings.has(oid) || uniqueIds.has(oid)

/**
 * Looks everywhere, as no place is kept to: the extensions of the standards and of some CAs, then the subject (O, CN, OU,
 * serialNumber and the like). Prefixes are taken off, parts joined by @ looked at one by one.
 */
export const readIdentity = (extensions: readonly Extension[], subject: DistinguishedName): HolderIdentity => {
  const found: HolderNumber[] = []
  const add = (numbers: readonly Found[], source: string): void => {
    for (const number of numbers) {
      const isKnown = found.some(({ kind, value }) => kind === number.kind && value === number.value)
      if (!isKnown) found.push({ ...number, source })
    }
  }
  for (const { oid, value } of extensions.filter(isNumberExtension)) {
    for (const text of readHolderTexts(value)) add(fromExtension(text, oid), oid)
  }
  for (const { type, value } of subject.attributes) add(fromSubject(value), type)
  const best = (wanted: HolderNumberKind): string | null => {
    const ofKind = found.filter(({ kind }) => kind === wanted)
    return (ofKind.find(({ isValid }) => isValid === true) ?? ofKind[0])?.value ?? null
  }
  return {
    creditCode: best('creditCode'),
    residentId: best('residentId'),
    registrationNumber: best('registrationNumber'),
    taxNumber: best('taxNumber'),
    numbers: found,
  }
}
