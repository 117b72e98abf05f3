import { Asn1Error } from './error.ts'

/**
 * One element of a DER buffer (ITU-T X.690). It keeps its place in the buffer, so that `encodedBytes` are the bytes as
 * they were signed and nothing is ever encoded again. Reading copies nothing.
 */
export interface DerNode {
  readonly buffer: Uint8Array
  /** Identifier octet: class, constructed bit and number (below 31). */
  readonly tag: number
  /** Offset of the identifier octet. */
  readonly start: number
  /** Offset of the first content octet. */
  readonly content: number
  /** Offset behind the last content octet. */
  readonly end: number
  /** Elements around this one, limited so that nested input cannot exhaust the stack. */
  readonly depth: number
}

const MAX_DEPTH = 48

/** Reads the element at `start`, which must end at or before `limit`. */
const readNode = (buffer: Uint8Array, start: number, limit: number, depth = 0): DerNode => {
  const identifier = buffer[start]
  if (identifier === undefined || start + 2 > limit) throw new Asn1Error('truncated', start)
  if (depth > MAX_DEPTH) throw new Asn1Error('nested_too_deep', start)
  if ((identifier & 0x1f) === 0x1f) throw new Asn1Error('high_tag_number', start)
  let at = start + 1
  const first = buffer[at++] ?? 0
  let length = first
  if (first >= 0x80) {
    const count = first & 0x7f
    if (count === 0) throw new Asn1Error('indefinite_length', start)
    // Four octets reach 4 GiB, more than any buffer here.
    if (count > 4) throw new Asn1Error('length_too_large', start)
    if (at + count > limit) throw new Asn1Error('truncated', start)
    length = 0
    for (let index = 0; index < count; index++) length = length * 256 + (buffer[at++] ?? 0)
    // X.690 §10.1: the shortest form of the length.
    if (length < 0x80 || length < 2 ** (8 * (count - 1))) throw new Asn1Error('length_not_minimal', start)
  }
  const end = at + length
  if (end > limit) throw new Asn1Error('truncated', start)
  return { buffer, tag: identifier, start, content: at, end, depth }
}

/** The single element that fills the whole buffer. */
export const readDer = (buffer: Uint8Array): DerNode => {
  const node = readNode(buffer, 0, buffer.length)
  if (node.end !== buffer.length) throw new Asn1Error('trailing_data', node.end)
  return node
}

export const isConstructed = (node: DerNode): boolean => (node.tag & 0x20) !== 0

export const expectTag = (node: DerNode, tag: number): DerNode => {
  if (node.tag !== tag) throw new Asn1Error('unexpected_tag', node.start)
  return node
}

export const encodedBytes = (node: DerNode): Uint8Array => node.buffer.subarray(node.start, node.end)
export const contentBytes = (node: DerNode): Uint8Array => node.buffer.subarray(node.content, node.end)

/** Walks through the elements inside a constructed one, in order. */
export interface DerCursor {
  isAtEnd(): boolean
  /** Identifier octet of the next element, or undefined at the end. */
  peek(): number | undefined
  /** The next element, of the given tag where one is given. */
  next(tag?: number): DerNode
  /** The next element if it carries this tag. */
  optional(tag: number): DerNode | undefined
  /** Fails unless everything was read. */
  finish(): void
}

export const cursor = (parent: DerNode): DerCursor => {
  if (!isConstructed(parent)) throw new Asn1Error('not_constructed', parent.start)
  let at = parent.content
  const next = (tag?: number): DerNode => {
    if (at >= parent.end) throw new Asn1Error('element_missing', at)
    const node = readNode(parent.buffer, at, parent.end, parent.depth + 1)
    if (tag !== undefined) expectTag(node, tag)
    at = node.end
    return node
  }
  const peek = (): number | undefined => (at < parent.end ? parent.buffer[at] : undefined)
  return {
    isAtEnd: () => at >= parent.end,
    peek,
    next,
    optional: (tag) => (peek() === tag ? next() : undefined),
    finish: () => {
      if (at < parent.end) throw new Asn1Error('unexpected_element', at)
    },
  }
}

const MAX_CHILDREN = 100_000

export const children = (parent: DerNode): DerNode[] => {
  const reader = cursor(parent)
  const nodes: DerNode[] = []
  while (!reader.isAtEnd()) {
    if (nodes.length >= MAX_CHILDREN) throw new Asn1Error('too_many_elements', parent.start)
    nodes.push(reader.next())
  }
  return nodes
}

/** The single element inside an EXPLICIT tag. */
export const onlyChild = (parent: DerNode, tag?: number): DerNode => {
  const reader = cursor(parent)
  const node = reader.next(tag)
  reader.finish()
  return node
}
