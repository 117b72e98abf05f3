import { Asn1Error } from '../asn1/error.ts'
import { cursor, isConstructed, readDer } from '../asn1/reader.ts'
import { readText } from '../asn1/values.ts'
import type { Extension } from './extensions.ts'
import type { DistinguishedName } from './name.ts'

/** Numbers of the holder that Chinese CAs put into extensions (GM/T 0015) or into the subject. */
export interface HolderIdentity {
  /** Unified social credit code (GB 32100). */
  readonly creditCode: string | null
  readonly residentId: string | null
  readonly registrationNumber: string | null
  readonly taxNumber: string | null
}

/** GM/T 0015 of 2012 and 2023 side by side, then the arc of the RSA era. */
const extensionOids = {
  creditCode: ['1.2.156.10260.4.1.4', '1.2.156.10260.4.4', '1.2.86.11.7.4'],
  residentId: ['1.2.156.10260.4.1.1', '1.2.156.10260.4.1.1.1', '1.2.86.11.7.1'],
  registrationNumber: ['1.2.156.10260.4.1.3', '1.2.86.11.7.3'],
  taxNumber: ['1.2.156.10260.4.1.5', '1.2.86.11.7.5'],
} as const satisfies Record<keyof HolderIdentity, readonly string[]>

const utf8 = new TextDecoder('utf-8')

/** The value is a DER string, one inside context tags, or bare text: CAs do all three. */
const decodeText = (value: Uint8Array): string => {
  try {
    let node = readDer(value)
    while (isConstructed(node)) node = cursor(node).next()
    const text = readText(node)
    if (text !== undefined) return text
    if ((node.tag & 0xc0) === 0x80) return utf8.decode(node.buffer.subarray(node.content, node.end))
  } catch (error) {
    if (!(error instanceof Asn1Error)) throw error
    // Not DER: bare text, decoded below.
  }
  return utf8.decode(value)
}

const printable = (text: string): string | null => {
  const trimmed = text.replaceAll(/[^\p{L}\p{N}\p{P} ]/gu, '').trim()
  return trimmed === '' ? null : trimmed
}

/** Shape of GB 32100: 18 characters, none of I O Z S V; the sixth of the address part is always a digit. */
const creditCode = /(?<![0-9A-Z])[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10}(?![0-9A-Z])/
const creditCodeBeforeText = /^[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10}(?=[^\x20-\x7e])/

const creditCodeIn = (text: string): string | null =>
  (creditCodeBeforeText.exec(text) ?? creditCode.exec(text))?.[0] ?? null

/** Looks in the extensions first, for the credit code then in the subject: O, CN, OU, serialNumber and the like. */
export const readIdentity = (extensions: readonly Extension[], subject: DistinguishedName): HolderIdentity => {
  const find = (wanted: readonly string[], read = (text: string): string | null => text): string | null => {
    for (const oid of wanted) {
      const extension = extensions.find((candidate) => candidate.oid === oid)
      const text = extension === undefined ? null : printable(decodeText(extension.value))
      const found = text === null ? null : read(text)
      if (found !== null) return found
    }
    return null
  }
  const inSubject = subject.attributes.map(({ value }) => creditCodeIn(value)).find((code) => code !== null) ?? null
  return {
    // Some CAs put an organization code of old there: no reason to overlook the credit code in the subject.
    creditCode: find(extensionOids.creditCode, creditCodeIn) ?? inSubject,
    residentId: find(extensionOids.residentId),
    registrationNumber: find(extensionOids.registrationNumber),
    taxNumber: find(extensionOids.taxNumber),
  }
}
