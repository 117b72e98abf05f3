import type { DigestAlgorithm } from '#contract/keys.ts'
import { createDigest } from '../algorithms/digest.ts'
import { pump } from '../io/byte-source.ts'
import type { ByteSource } from '../io/byte-source.ts'
import { entry, integer, isArray, isString } from './objects.ts'
import type { PdfString } from './objects.ts'
import type { SignatureValue } from './signature-fields.ts'

export interface ByteRange {
  readonly numbers: readonly [number, number, number, number]
  /** Where the signed revision ends. */
  readonly end: number
}

const readNumbers = (signature: SignatureValue): readonly [number, number, number, number] | null => {
  const value = entry(signature.dict, 'ByteRange')
  const items = isArray(value) ? value.items : []
  const numbers = items.map(integer).filter((number): number is number => number !== null && number >= 0)
  const [a, b, c, d] = numbers
  if (items.length !== 4 || a === undefined || b === undefined || c === undefined || d === undefined) return null
  return [a, b, c, d]
}

export const readContents = ({ dict }: SignatureValue): PdfString | null => {
  const value = entry(dict, 'Contents')
  return isString(value) ? value : null
}

/**
 * The byte range of a signature, if it is one that protects: from 0, in two parts, leaving out exactly the hex string of
 * this signature's own /Contents with its brackets (ISO 32000-2 §12.8.1, ETSI EN 319 142-1 §5.4.1).
 */
export const readByteRange = (signature: SignatureValue, fileSize: number): ByteRange | null => {
  const numbers = readNumbers(signature)
  const contents = readContents(signature)
  if (numbers === null || contents?.isHex !== true) return null
  if (signature.object?.container !== null) return null
  const [start, length, resume, rest] = numbers
  const isExact = start === 0 && length === contents.start && resume === contents.end
  return isExact && rest > 0 && resume + rest <= fileSize ? { numbers, end: resume + rest } : null
}

/** Digests over both parts, in one pass. */
export const digestRange = async (
  source: ByteSource,
  { numbers: [start, length, resume, rest] }: ByteRange,
  algorithms: readonly DigestAlgorithm[],
): Promise<Map<DigestAlgorithm, Uint8Array>> => {
  const hashes = algorithms.map((algorithm) => ({ algorithm, hash: createDigest(algorithm) }))
  const update = (chunk: Uint8Array): void => {
    for (const { hash } of hashes) hash.update(chunk)
  }
  await pump(source, start, start + length, update)
  await pump(source, resume, resume + rest, update)
  return new Map(hashes.map(({ algorithm, hash }) => [algorithm, hash.digest()]))
}
