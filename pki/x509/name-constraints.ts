import { Asn1Error } from '../asn1/error.ts'
import { children, cursor, expectTag, readDer } from '../asn1/reader.ts'
import type { DerNode } from '../asn1/reader.ts'
import { context, tag } from '../asn1/tags.ts'
import { readGeneralName } from './general-name.ts'
import type { GeneralName } from './general-name.ts'

/** nameConstraints (RFC 5280 §4.2.1.10). */
export interface NameConstraints {
  readonly permitted: readonly GeneralName[]
  readonly excluded: readonly GeneralName[]
}

/** RFC 5321 §4.1.2: a dot-string, or any text in quotation marks. */
export const isLocalPart = (text: string): boolean => /^(?:[^@"\s]+|"[^"]*")$/.test(text)

const isHostName = (text: string): boolean => /^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/i.test(text)

/** Ones in front of zeros: RFC 4632 §3.1. */
const isPrefixMask = (mask: Uint8Array): boolean =>
  /^1*0*$/.test([...mask].map((byte) => byte.toString(2).padStart(8, '0')).join(''))

const isBaseWellFormed = (base: GeneralName): boolean => {
  switch (base.form) {
    case 'dns':
      return base.text === '' || isHostName(base.text)
    case 'uri':
      return base.text === '' || isHostName(base.text.replace(/^\./, ''))
    case 'email': {
      const at = base.text.lastIndexOf('@')
      const host = base.text.slice(at + 1)
      return (
        base.text === '' ||
        (at > 0
          ? isHostName(host) && isLocalPart(base.text.slice(0, at))
          : at < 0 && isHostName(host.replace(/^\./, '')))
      )
    }
    case 'ip':
      return (
        (base.bytes.length === 8 || base.bytes.length === 32) &&
        isPrefixMask(base.bytes.subarray(base.bytes.length / 2))
      )
    default:
      return true
  }
}

const readSubtree = (node: DerNode): GeneralName => {
  const reader = cursor(expectTag(node, tag.sequence))
  const base = readGeneralName(reader.next())
  // RFC 5280 §4.2.1.10: minimum is zero, its default, and maximum is absent.
  if (!reader.isAtEnd()) throw new Asn1Error('subtree_distance', node.start)
  if (!isBaseWellFormed(base)) throw new Asn1Error('subtree_base_malformed', node.start)
  return base
}

export const readNameConstraints = (value: Uint8Array): NameConstraints => {
  const node = expectTag(readDer(value), tag.sequence)
  const reader = cursor(node)
  const read = (number: number): GeneralName[] => {
    const subtrees = reader.optional(context.constructed(number))
    return subtrees === undefined ? [] : children(subtrees).map(readSubtree)
  }
  const constraints = { permitted: read(0), excluded: read(1) }
  reader.finish()
  if (constraints.permitted.length + constraints.excluded.length === 0) {
    throw new Asn1Error('sequence_empty', node.start)
  }
  return constraints
}
