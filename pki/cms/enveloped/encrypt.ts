import { randomBytes } from '#platform'

import { AppError } from '#contract/errors.ts'
import { ciphers, createEncryptor, isAuthenticated } from '../../algorithms/cipher.ts'
import { oids } from '../../algorithms/oids.ts'
import { beginIndefinite, endOfContents, octetStringPieces } from '../../asn1/ber-writer.ts'
import { context, tag } from '../../asn1/tags.ts'
import { octetString, oid, setOf, smallInteger } from '../../asn1/writer.ts'
import { concat } from '../../bytes/concat.ts'
import { encodeContentEncryption, newContentEncryption } from './content-encryption.ts'
import type { ContentCipher } from './content-encryption.ts'
import { MAX_RECIPIENTS } from './limits.ts'
import { envelopedOids } from './oids.ts'
import { wrapKey } from './recipients.ts'
import type { EnvelopeSyntax, Recipient, WrappedKey } from './recipients.ts'

export interface EnvelopeInput {
  readonly recipients: readonly Recipient[]
  /** GCM makes an AuthEnvelopedData, CBC an EnvelopedData, which nothing protects against changes. */
  readonly cipher: ContentCipher
  /** Default: cms. There is no authenticated type in GB/T 35275: `gm` is for sm4-cbc. */
  readonly syntax?: EnvelopeSyntax
}

/** A message whose key is there and encrypted for everybody; what is missing is its content. */
export interface PreparedEnvelope {
  readonly keys: readonly WrappedKey[]
  /** The content's key. It is for one message: nothing else may be encrypted with it. */
  readonly contentKey: Uint8Array
  /** The message in BER with indefinite lengths, as the content comes. Once. The chunks are the reader's own. */
  encrypt(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void>
  /** Overwrites the key. */
  close(): void
}

/** RFC 5652 §6.1, RFC 5083 §2.1; GB/T 35275: 1, and 2 where CFCA names recipients by key. */
const versionOf = (hasTag: boolean, syntax: EnvelopeSyntax, keys: readonly WrappedKey[]): number => {
  if (hasTag) return 0
  const base = syntax === 'gm' ? 1 : 0
  return keys.some(({ version }) => version !== base) ? 2 : base
}

/**
 * Makes the key of a message and encrypts it for the recipients. A certificate given twice is one recipient.
 * @throws certificate.usage_refused for a certificate that is not for encryption, request.invalid without any recipient
 */
export const prepareEnvelope = async ({
  recipients,
  cipher,
  syntax = 'cms',
}: EnvelopeInput): Promise<PreparedEnvelope> => {
  const hasTag = isAuthenticated(cipher)
  if (syntax === 'gm' && cipher !== 'sm4-cbc') throw new TypeError('GB/T 35275 messages are made with sm4-cbc')
  const distinct = [...new Map(recipients.map((item) => [item.certificate.fingerprint, item])).values()]
  if (distinct.length === 0 || distinct.length > MAX_RECIPIENTS) {
    throw new AppError('request.invalid', { reason: 'recipients', count: distinct.length, limit: MAX_RECIPIENTS })
  }
  const key = randomBytes(ciphers[cipher].keyLength)
  const close = (): void => void key.fill(0)
  const keys: WrappedKey[] = []
  try {
    for (const recipient of distinct) keys.push(await wrapKey(recipient, key, syntax))
  } catch (error) {
    close()
    throw error
  }
  const encryption = newContentEncryption(cipher)
  const type = hasTag ? envelopedOids.authEnvelopedData : envelopedOids.envelopedData
  const head = concat(
    ...[beginIndefinite(tag.sequence), oid(syntax === 'gm' ? oids.gmEnvelopedData : type)],
    ...[beginIndefinite(context.constructed(0)), beginIndefinite(tag.sequence)],
    smallInteger(versionOf(hasTag, syntax, keys)),
    setOf(...keys.map(({ recipientInfo }) => recipientInfo)),
    ...[beginIndefinite(tag.sequence), oid(syntax === 'gm' ? oids.gmData : oids.data)],
    ...[encodeContentEncryption(encryption), beginIndefinite(context.constructed(0))],
  )

  let isUsed = false
  const encrypt = async function* (content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
    // The same key and IV a second time would lay open both contents.
    if (isUsed) throw new TypeError('the envelope was used')
    isUsed = true
    const bulk = createEncryptor(cipher, key, encryption.iv)
    try {
      yield head
      yield* octetStringPieces(
        (async function* () {
          for await (const chunk of content) yield bulk.update(chunk)
          yield bulk.finish()
        })(),
      )
      yield concat(endOfContents(2), hasTag ? octetString(bulk.tag()) : new Uint8Array(0), endOfContents(3))
    } finally {
      bulk.close()
    }
  }
  return { keys, contentKey: key, encrypt, close }
}

/** A message for `recipients`, as a stream. */
export const encryptEnvelope = async function* (
  input: EnvelopeInput,
  content: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void> {
  const prepared = await prepareEnvelope(input)
  try {
    yield* prepared.encrypt(content)
  } finally {
    prepared.close()
  }
}
