import { AppError } from '#contract/errors.ts'
import type { DigestAlgorithm } from '#contract/keys.ts'
import { acceptedDigest, readAlgorithmIdentifier } from '../algorithms/algorithm-identifier.ts'
import { createDigest } from '../algorithms/digest.ts'
import { createBerStream } from '../asn1/ber-stream.ts'
import type { BerStream } from '../asn1/ber-stream.ts'
import { berToDer } from '../asn1/ber.ts'
import { Asn1Error, orAppError } from '../asn1/error.ts'
import { children, readDer } from '../asn1/reader.ts'
import { context, tag } from '../asn1/tags.ts'
import { explicit, sequence } from '../asn1/writer.ts'
import type { Hash } from '../platform/types.ts'
import type { ContentOptions } from './content.ts'
import { neededDigests, verifyParsedSignedData } from './verify.ts'
import type { SignedDataReport } from './verify.ts'
import { parseSignedData } from './signed-data.ts'
import type { SignedData } from './signed-data.ts'
import type { TrustOptions } from './trust.ts'

/** Certificates, revocation material and signers together, in bytes; version, types and digest algorithms. */
const MAX_TAIL = 16 * 1024 * 1024
const MAX_HEAD = 64 * 1024
/** Content up to this size is kept for signers without attributes, who sign the content itself. */
const MAX_HELD = 4 * 1024 * 1024

export interface StreamContent {
  /**
   * Takes the attached content in order; the next chunk waits for the promise, and a chunk is a view of the input's. It is
   * not to be relied on before the report says so.
   */
  readonly onContent?: (chunk: Uint8Array) => Promise<void> | void
  /** Of a detached message; read once its digest algorithms are known. */
  readonly content?: AsyncIterable<Uint8Array>
}

export interface VerifyStreamOptions extends TrustOptions, StreamContent {}

/** Digests content as it passes and holds it as long as it is short. */
const createIntake = (algorithms: readonly DigestAlgorithm[]) => {
  const hashes = new Map<DigestAlgorithm, Hash>(algorithms.map((algorithm) => [algorithm, createDigest(algorithm)]))
  let held = new Uint8Array(0)
  let size = 0
  /** A copy, as the chunk is the input's, who may use it again; in one piece, as there may be millions of them. */
  const hold = (chunk: Uint8Array): void => {
    if (size + chunk.length > held.length) {
      const larger = new Uint8Array(Math.min(MAX_HELD, Math.max(2 * held.length, size + chunk.length)))
      larger.set(held)
      held = larger
    }
    held.set(chunk, size)
  }
  return {
    take: (chunk: Uint8Array): void => {
      for (const hash of hashes.values()) hash.update(chunk)
      if (size + chunk.length <= MAX_HELD) hold(chunk)
      else held = new Uint8Array(0)
      size += chunk.length
    },
    finish: () => {
      const digests = new Map([...hashes].map(([algorithm, hash]) => [algorithm, hash.digest()]))
      const contentDigest = (algorithm: DigestAlgorithm): Uint8Array | undefined => digests.get(algorithm)
      return size <= MAX_HELD ? { content: held.subarray(0, size), contentDigest } : { contentDigest }
    },
  }
}
type Intake = ReturnType<typeof createIntake>

const supportedDigests = (digestAlgorithms: Uint8Array): DigestAlgorithm[] => [
  ...new Set(
    children(readDer(digestAlgorithms)).flatMap((node) => acceptedDigest(readAlgorithmIdentifier(node).oid) ?? []),
  ),
]

const takeRest = async (ber: BerStream): Promise<Uint8Array[]> => {
  const elements: Uint8Array[] = []
  let room = MAX_TAIL
  while ((await ber.peek()) !== null) {
    const element = await ber.take(room)
    room -= element.length
    elements.push(element)
  }
  return elements
}

/** The message without its content, which has gone through an intake; null: detached. */
const readMessage = async (
  ber: BerStream,
  onContent: VerifyStreamOptions['onContent'],
): Promise<{ message: SignedData; intake: Intake | null }> => {
  await ber.enter(tag.sequence)
  const type = await ber.take(MAX_HEAD)
  await ber.enter(context.constructed(0))
  await ber.enter(tag.sequence)
  const version = await ber.take(MAX_HEAD)
  const digestAlgorithms = berToDer(await ber.take(MAX_HEAD))
  await ber.enter(tag.sequence)
  const contentType = await ber.take(MAX_HEAD)
  let intake: Intake | null = null
  if ((await ber.peek()) !== null) {
    // RFC 5652 §5.1: a digest that is not announced here need not be made. Its signers will lack it.
    intake = createIntake(supportedDigests(digestAlgorithms))
    await ber.enter(context.constructed(0))
    for await (const chunk of ber.octets(tag.octetString)) {
      intake.take(chunk)
      await onContent?.(chunk)
    }
    await ber.leave()
  }
  await ber.leave()
  const rest = await takeRest(ber)
  for (let level = 0; level < 3; level++) await ber.leave()
  const behind = await ber.peek()
  if (behind !== null) throw new Asn1Error('trailing_data', behind.offset)
  const signedData = sequence(version, digestAlgorithms, sequence(contentType), ...rest)
  return { message: parseSignedData(sequence(type, explicit(0, signedData))), intake }
}

const readContent = async (message: SignedData, content: AsyncIterable<Uint8Array>): Promise<Intake> => {
  const intake = createIntake(neededDigests(message))
  for await (const chunk of content) intake.take(chunk)
  return intake
}

/** A message that went by: everything but its content, and what is known of that. */
export interface PassedSignedData {
  /** Its `content` is null, attached or not. */
  readonly message: SignedData
  readonly isDetached: boolean
  readonly content: ContentOptions
}

/**
 * Reads a SignedData of any size, BER or DER, in one pass: attached content goes to `onContent`, detached content comes from
 * `content`. Held at most: 16 MiB of certificates and signers, 4 MiB of content. Throws `signature.malformed`,
 * `certificate.malformed`, `request.invalid` (content given for a message that has its own), and whatever the streams throw.
 */
export const readSignedDataStream = async (
  input: AsyncIterable<Uint8Array>,
  { content, onContent }: StreamContent,
): Promise<PassedSignedData> => {
  const ber = createBerStream(input)
  const { message, intake } = await readMessage(ber, onContent)
    .catch((error: unknown) =>
      orAppError('signature.malformed', (): never => {
        throw error
      }),
    )
    .finally(() => ber.close())
  if (intake !== null && content !== undefined) throw new AppError('request.invalid', { field: 'content' })
  const passed = intake ?? (content === undefined ? null : await readContent(message, content))
  return { message, isDetached: intake === null, content: passed?.finish() ?? {} }
}

/**
 * Verifies a SignedData as it goes by, with the limits and errors of `readSignedDataStream`. Signers without attributes over
 * more content than is held are reported with `content_missing`.
 */
export const verifySignedDataStream = async (
  input: AsyncIterable<Uint8Array>,
  options: VerifyStreamOptions,
): Promise<SignedDataReport> => {
  const { content: _, onContent: __, ...trust } = options
  const { message, isDetached, content } = await readSignedDataStream(input, options)
  return { ...verifyParsedSignedData(message, { ...trust, ...content }), content: null, isDetached }
}
