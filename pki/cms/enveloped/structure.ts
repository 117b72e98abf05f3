import { AppError } from '#contract/errors.ts'
import { readAlgorithmIdentifier } from '../../algorithms/algorithm-identifier.ts'
import { oids } from '../../algorithms/oids.ts'
import type { BerStream } from '../../asn1/ber-stream.ts'
import { berToDer } from '../../asn1/ber.ts'
import { Asn1Error } from '../../asn1/error.ts'
import { contentBytes, expectTag, readDer } from '../../asn1/reader.ts'
import type { DerNode } from '../../asn1/reader.ts'
import { context, tag } from '../../asn1/tags.ts'
import { readOid, readSmallInteger } from '../../asn1/values.ts'
import { readContentEncryption } from './content-encryption.ts'
import type { ContentCipher, ContentEncryption } from './content-encryption.ts'
import { MAX_BER, MAX_RECIPIENT_INFO, MAX_RECIPIENT_INFOS, MAX_RECIPIENTS, MAX_SMALL } from './limits.ts'
import { envelopedOids } from './oids.ts'
import { readRecipientInfo } from './recipient-info.ts'
import type { RecipientInfo } from './recipient-info.ts'

/** What a message says before its content. */
export interface EnvelopeHead {
  readonly type: 'enveloped' | 'auth-enveloped'
  /** By its content type: RFC 5652 or GB/T 35275. */
  readonly syntax: 'cms' | 'gm'
  readonly version: number
  /** OID of what was encrypted. */
  readonly contentType: string
  readonly cipher: ContentCipher
  readonly recipients: readonly RecipientInfo[]
}

const types: ReadonlyMap<string, Pick<EnvelopeHead, 'type' | 'syntax'>> = new Map([
  [envelopedOids.envelopedData, { type: 'enveloped', syntax: 'cms' }],
  [envelopedOids.authEnvelopedData, { type: 'auth-enveloped', syntax: 'cms' }],
  [oids.gmEnvelopedData, { type: 'enveloped', syntax: 'gm' }],
] as const)

const parseEither = <Value>(encoded: Uint8Array, parse: (der: DerNode) => Value): Value => {
  try {
    return parse(readDer(encoded))
  } catch (error) {
    if (!(error instanceof Asn1Error) || encoded.length > MAX_BER) throw error
    try {
      return parse(readDer(berToDer(encoded)))
    } catch (second) {
      throw second instanceof Asn1Error ? error : second
    }
  }
}

/** Parses the next element, DER or small BER; what is wrong in it gets its place in the whole message. */
const takeAs = async <Value>(stream: BerStream, limit: number, parse: (der: DerNode) => Value): Promise<Value> => {
  const start = (await stream.peek())?.offset ?? 0
  const encoded = await stream.take(limit)
  try {
    return parseEither(encoded, parse)
  } catch (error) {
    throw error instanceof Asn1Error ? new Asn1Error(error.reason, start + error.offset) : error
  }
}

const readRecipients = async (stream: BerStream): Promise<RecipientInfo[]> => {
  const recipients: RecipientInfo[] = []
  await stream.enter(tag.set)
  const start = stream.offset()
  let count = 0
  for (let next = await stream.peek(); next !== null; next = await stream.peek()) {
    recipients.push(...(await takeAs(stream, MAX_RECIPIENT_INFO, readRecipientInfo)))
    // Those that are passed over count as well.
    const isTooMuch = ++count > MAX_RECIPIENTS || stream.offset() - start > MAX_RECIPIENT_INFOS
    if (recipients.length > MAX_RECIPIENTS || isTooMuch) throw new Asn1Error('too_many_recipients', next.offset)
  }
  await stream.leave()
  return recipients
}

/** Elements that may stand here and mean nothing to us. */
const skipOptional = async (stream: BerStream, ...numbers: readonly number[]): Promise<void> => {
  for (const number of numbers) {
    const next = await stream.peek()
    const isIt =
      next !== null &&
      (next.identifier === context.primitive(number) || next.identifier === context.constructed(number))
    if (isIt) await stream.skip()
  }
}

/** Reads up to the content. */
export const readHead = async (stream: BerStream): Promise<{ head: EnvelopeHead; encryption: ContentEncryption }> => {
  await stream.enter(tag.sequence)
  const type = await takeAs(stream, MAX_SMALL, readOid)
  const known = types.get(type)
  if (known === undefined) {
    const reason = type === oids.gmSignedAndEnvelopedData ? 'signed_and_enveloped' : 'content_type'
    throw new AppError('envelope.unsupported', { reason, oid: type })
  }
  await stream.enter(context.constructed(0))
  await stream.enter(tag.sequence)
  const version = await takeAs(stream, MAX_SMALL, readSmallInteger)
  // OriginatorInfo.
  await skipOptional(stream, 0)
  const recipients = await readRecipients(stream)
  await stream.enter(tag.sequence)
  const contentType = await takeAs(stream, MAX_SMALL, readOid)
  const encryption = await takeAs(stream, MAX_SMALL, (node) => readContentEncryption(readAlgorithmIdentifier(node)))
  // RFC 5083 asks for a cipher with a tag, RFC 5652 has no place for one.
  if (encryption.tagLength > 0 !== (known.type === 'auth-enveloped')) {
    throw new AppError('envelope.unsupported', { reason: 'cipher', cipher: encryption.cipher })
  }
  const content = await stream.peek()
  if (content === null) throw new AppError('envelope.unsupported', { reason: 'content_detached' })
  return { head: { ...known, version, contentType, cipher: encryption.cipher, recipients }, encryption }
}

/** What follows the content, up to the end of the input; the tag where there is one. */
export const readTail = async (stream: BerStream, { type }: EnvelopeHead): Promise<Uint8Array | undefined> => {
  // SharedInfo of GB/T 35275.
  await skipOptional(stream, 1, 2)
  await stream.leave()
  let mac: Uint8Array | undefined
  if (type === 'auth-enveloped') {
    // They would have to go into the cipher before the content, behind which they stand.
    if ((await stream.peek())?.identifier === context.constructed(1)) {
      throw new AppError('envelope.unsupported', { reason: 'authenticated_attributes' })
    }
    mac = await takeAs(stream, MAX_SMALL, (node) => contentBytes(expectTag(node, tag.octetString)))
  }
  await skipOptional(stream, 1, 2)
  for (let level = 0; level < 3; level++) await stream.leave()
  const more = await stream.peek()
  if (more !== null) throw new Asn1Error('trailing_data', more.offset)
  return mac
}
