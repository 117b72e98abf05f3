import { AppError } from '#contract/errors.ts'
import { ciphers, createDecryptor } from '../../algorithms/cipher.ts'
import { createBerStream } from '../../asn1/ber-stream.ts'
import type { BerStream } from '../../asn1/ber-stream.ts'
import { Asn1Error } from '../../asn1/error.ts'
import { context } from '../../asn1/tags.ts'
import { fillSink, writeBehind } from '../../io/byte-sink.ts'
import type { ByteSink } from '../../io/byte-sink.ts'
import { inEqualPieces } from '../../io/byte-stream.ts'
import type { ContentCipher, ContentEncryption } from './content-encryption.ts'
import { namesCertificate } from './recipient-info.ts'
import { readHead, readTail } from './structure.ts'
import type { EnvelopeHead } from './structure.ts'
import { unwrapKey } from './unwrap.ts'
import type { RecipientKey } from './unwrap.ts'

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
