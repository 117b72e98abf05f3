import { concatAll } from '../bytes/concat.ts'
import { Asn1Error } from './error.ts'
import { tag } from './tags.ts'
import { header } from './writer.ts'

/**
 * Turns BER into DER lengths where that is all it takes: indefinite lengths, lengths in more octets than needed and
 * OCTET STRINGs in pieces, as streaming writers of CMS produce them (RFC 5652 allows BER outside what is signed).
 * Signed parts are DER already and come out byte for byte the same.
 */
const MAX_DEPTH = 48
const MAX_NODES = 200_000
const CONSTRUCTED_OCTET_STRING = 0x24

interface BerNode {
  readonly identifier: number
  readonly content: Uint8Array | BerNode[]
  readonly end: number
}

const parseLength = (bytes: Uint8Array, start: number): { length: number | undefined; at: number } => {
  const first = bytes[start + 1]
  if (first === undefined) throw new Asn1Error('truncated', start)
  if (first < 0x80) return { length: first, at: start + 2 }
  const count = first & 0x7f
  if (count === 0) return { length: undefined, at: start + 2 }
  let length = 0
  for (let index = 0; index < count; index++) {
    length = length * 256 + (bytes[start + 2 + index] ?? 0)
    if (length > bytes.length) throw new Asn1Error('truncated', start)
  }
  return { length, at: start + 2 + count }
}

const isConstructed = (identifier: number): boolean => (identifier & 0x20) !== 0

const createParser = (bytes: Uint8Array) => {
  let nodes = 0
  const parse = (start: number, limit: number, depth: number): BerNode => {
    const identifier = bytes[start]
    if (identifier === undefined || start >= limit) throw new Asn1Error('truncated', start)
    if (depth > MAX_DEPTH) throw new Asn1Error('nested_too_deep', start)
    if (++nodes > MAX_NODES) throw new Asn1Error('too_many_elements', start)
    if ((identifier & 0x1f) === 0x1f) throw new Asn1Error('high_tag_number', start)
    const { length, at } = parseLength(bytes, start)
    const end = length === undefined ? limit : at + length
    if (end > limit) throw new Asn1Error('truncated', start)
    if (!isConstructed(identifier)) {
      if (length === undefined) throw new Asn1Error('indefinite_primitive', start)
      return { identifier, content: bytes.subarray(at, end), end }
    }
    const content: BerNode[] = []
    let position = at
    for (;;) {
      if (length === undefined && bytes[position] === 0 && bytes[position + 1] === 0) {
        return { identifier, content, end: position + 2 }
      }
      if (position >= end) {
        if (length === undefined) throw new Asn1Error('truncated', start)
        return { identifier, content, end }
      }
      const node = parse(position, end, depth + 1)
      content.push(node)
      position = node.end
    }
  }
  return parse
}

/** The octets of an OCTET STRING in pieces (X.690 §8.7.3), nested ones included. */
const pieces = (nodes: readonly BerNode[]): Uint8Array[] =>
  nodes.flatMap((node) => (node.content instanceof Uint8Array ? [node.content] : pieces(node.content)))

const write = (node: BerNode): Uint8Array[] => {
  const { identifier, content } = node
  if (content instanceof Uint8Array) return [header(identifier, content.length), content]
  const isPieces = identifier === CONSTRUCTED_OCTET_STRING
  const parts = isPieces ? pieces(content) : content.flatMap(write)
  const length = parts.reduce((sum, part) => sum + part.length, 0)
  return [header(isPieces ? tag.octetString : identifier, length), ...parts]
}

/** DER of the first element of `bytes`; what follows it is dropped (PDF pads /Contents with zeros). */
export const berToDer = (bytes: Uint8Array): Uint8Array => concatAll(write(createParser(bytes)(0, bytes.length, 0)))

/** The first element as it is, if its own length is definite; undefined when it needs `berToDer`. */
export const firstDefiniteElement = (bytes: Uint8Array): Uint8Array | undefined => {
  const { length, at } = parseLength(bytes, 0)
  return length === undefined || at + length > bytes.length ? undefined : bytes.subarray(0, at + length)
}
