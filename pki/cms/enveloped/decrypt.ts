import { AppError } from '#contract/errors.ts'
import { readAlgorithmIdentifier } from '../../algorithms/algorithm-identifier.ts'
import { ciphers, createDecryptor } from '../../algorithms/cipher.ts'
import { oids } from '../../algorithms/oids.ts'
import { createBerStream } from '../../asn1/ber-stream.ts'
import type { BerStream } from '../../asn1/ber-stream.ts'
import { berToDer } from '../../asn1/ber.ts'
import { Asn1Error } from '../../asn1/error.ts'
import { contentBytes, expectTag, readDer } from '../../asn1/reader.ts'
import type { DerNode } from '../../asn1/reader.ts'
import { context, tag } from '../../asn1/tags.ts'
import { readOid, readSmallInteger } from '../../asn1/values.ts'
import { fillSink, writeBehind } from '../../io/byte-sink.ts'
import type { ByteSink } from '../../io/byte-sink.ts'
import { inEqualPieces } from '../../io/byte-stream.ts'
import { readContentEncryption } from './content-encryption.ts'
import type { ContentCipher, ContentEncryption } from './content-encryption.ts'
import { MAX_BER, MAX_RECIPIENT_INFO, MAX_RECIPIENT_INFOS, MAX_RECIPIENTS, MAX_SMALL } from './limits.ts'
import { envelopedOids } from './oids.ts'
import { namesCertificate, readRecipientInfo } from './recipient-info.ts'
import type { RecipientInfo } from './recipient-info.ts'
import { unwrapKey } from './unwrap.ts'
import type { RecipientKey } from './unwrap.ts'

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

export interface DecryptedContent {
  readonly size: number
  readonly cipher: ContentCipher
  readonly contentType: string
  /** False for CBC: whoever had the message in between may have changed the content, and nothing here would tell. */
  readonly isAuthenticated: boolean
}

/** A message that was read up to its content. */
export interface OpenedEnvelope {
  readonly head: EnvelopeHead
  /**
   * The content's key, to be overwritten by the caller. A random one where it cannot be decrypted: the content fails then.
   * @throws envelope.not_for_key, and what the key throws
   */
  contentKey(key: RecipientKey): Promise<Uint8Array>
  /**
   * Decrypts into `sink`, with a recipient's key or the content's own. The sink is committed after the padding or tag was
   * checked and the message read to its end. Once.
   * @throws envelope.not_for_key, envelope.malformed, key.decryption_failed (whatever the cause), and what key and sink throw
   */
  decrypt(key: RecipientKey | Uint8Array, sink: ByteSink): Promise<DecryptedContent>
  close(): Promise<void>
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

const readHead = async (stream: BerStream): Promise<{ head: EnvelopeHead; encryption: ContentEncryption }> => {
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
const readTail = async (stream: BerStream, { type }: EnvelopeHead): Promise<Uint8Array | undefined> => {
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

const asAppError = (error: unknown): unknown =>
  error instanceof Asn1Error
    ? new AppError('envelope.malformed', { reason: error.reason, offset: error.offset }, { cause: error })
    : error

const decryptInto = async (
  stream: BerStream,
  head: EnvelopeHead,
  { cipher, iv, tagLength }: ContentEncryption,
  key: Uint8Array,
  sink: ByteSink,
): Promise<DecryptedContent> => {
  if (key.length !== ciphers[cipher].keyLength) throw new AppError('key.decryption_failed')
  const bulk = createDecryptor(cipher, key, iv, tagLength === 0 ? {} : { tagLength })
  const writer = writeBehind(sink)
  let size = 0
  const write = async (plain: Uint8Array): Promise<void> => {
    size += plain.length
    if (plain.length > 0) await writer.write(plain)
  }
  try {
    for await (const piece of inEqualPieces(stream.octets(context.primitive(0)))) await write(bulk.update(piece))
    const mac = await readTail(stream, head)
    if (mac !== undefined && mac.length !== tagLength) throw new AppError('key.decryption_failed')
    await write(bulk.finish(mac))
    await writer.flush()
    return { size, cipher, contentType: head.contentType, isAuthenticated: tagLength > 0 }
  } finally {
    bulk.close()
    await writer.settle()
  }
}

/**
 * Reads an EnvelopedData or AuthEnvelopedData up to its content: DER or BER, RFC 5652 or GB/T 35275 with its dialects.
 * @throws envelope.malformed with reason and offset, envelope.unsupported with a reason
 */
export const openEnvelope = async (source: AsyncIterable<Uint8Array>): Promise<OpenedEnvelope> => {
  const stream = createBerStream(source)
  const orClose = async <Value>(run: () => Promise<Value>): Promise<Value> => {
    try {
      return await run()
    } catch (error) {
      await stream.close()
      throw asAppError(error)
    }
  }
  const { head, encryption } = await orClose(() => readHead(stream))
  const contentKey = async (recipient: RecipientKey): Promise<Uint8Array> => {
    const info = head.recipients.find((candidate) => namesCertificate(candidate.recipient, recipient.certificate))
    if (info === undefined) throw new AppError('envelope.not_for_key')
    return unwrapKey(info, recipient, head.cipher)
  }
  const decrypt = async (given: RecipientKey | Uint8Array, sink: ByteSink): Promise<DecryptedContent> => {
    const key = given instanceof Uint8Array ? given : await contentKey(given)
    try {
      return await decryptInto(stream, head, encryption, key, sink)
    } finally {
      if (key !== given) key.fill(0)
    }
  }
  return {
    head,
    close: () => stream.close(),
    contentKey: (recipient) => orClose(() => contentKey(recipient)),
    decrypt: (given, sink) => orClose(() => fillSink(sink, () => decrypt(given, sink))),
  }
}
