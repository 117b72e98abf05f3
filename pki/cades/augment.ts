import { AppError } from '#contract/errors.ts'
import type { DigestAlgorithm } from '#contract/keys.ts'
import { digest } from '../algorithms/digest.ts'
import { encodeAttribute } from '../cms/attributes.ts'
import { addUnsignedAttribute } from '../cms/edit.ts'
import { parseSignedData } from '../cms/signed-data.ts'
import { verifyTimestampToken } from '../time/token.ts'
import type { TrustOptions } from '../cms/trust.ts'
import { cadesOids } from './oids.ts'

const signatureOf = (message: Uint8Array, signer: number): Uint8Array => {
  const signature = parseSignedData(message).signers[signer]?.signature
  if (signature === undefined) throw new AppError('request.invalid', { field: 'signer' })
  return signature
}

/** What a time-stamp for B-T is asked over: the digest of a signer's signature value (ETSI EN 319 122-1 §5.3). */
export const signatureDigest = (message: Uint8Array, signer: number, algorithm: DigestAlgorithm): Uint8Array =>
  digest(algorithm, signatureOf(message, signer))

/**
 * B-T: puts a time-stamp over the signature value of a signer to the message. A token that does not hold throws
 * `signature.malformed` (reason `timestamp_invalid`) instead of spoiling the message. `addValidationData` makes it B-LT.
 */
export const addSignatureTimestamp = (
  message: Uint8Array,
  signer: number,
  token: Uint8Array,
  trust: TrustOptions,
): Uint8Array => {
  const signature = signatureOf(message, signer)
  const report = verifyTimestampToken(token, { ...trust, digest: (algorithm) => digest(algorithm, signature) })
  if (!report.isValid) {
    throw new AppError('signature.malformed', { reason: 'timestamp_invalid', problems: report.problems.join(', ') })
  }
  return addUnsignedAttribute(message, [signer], encodeAttribute(cadesOids.signatureTimeStamp, token))
}
