import { AppError } from '#contract/errors.ts'
import type { DigestAlgorithm } from '#contract/keys.ts'
import { oids } from '../algorithms/oids.ts'
import { orAppError } from '../asn1/error.ts'
import { children, encodedBytes, readDer } from '../asn1/reader.ts'
import { explicit } from '../asn1/writer.ts'
import { bytesEqual } from '../bytes/encodings.ts'
import { parseSignedData } from '../cms/signed-data.ts'
import type { SignedData } from '../cms/signed-data.ts'
import type { TrustOptions } from '../cms/trust.ts'
import { verifyParsedSignedData } from '../cms/verify.ts'
import type { SignerProblem, SignerReport } from '../cms/verify-signer.ts'
import type { Certificate } from '../x509/certificate.ts'
import { timeOids } from './oids.ts'
import { readTstInfo } from './tst-info.ts'
import type { TstInfo } from './tst-info.ts'

/** Why a time-stamp proves nothing. Empty list in a report: it holds. */
export type TimestampProblem =
  | SignerProblem
  /** Not a token, or a TSTInfo that cannot be read. */
  | 'malformed'
  /** RFC 3161 §2.4.2: the authority alone signs. */
  | 'several_signers'
  | 'imprint_algorithm_unsupported'
  | 'imprint_mismatch'
  | 'nonce_mismatch'
  | 'policy_mismatch'
  /** RFC 3161 §2.3: id-kp-timeStamping critical and alone. */
  | 'authority_purpose'
  | 'authority_name_mismatch'
  /** RFC 3161 §2.4.2, RFC 5816: an ESS reference to the authority's certificate is due. */
  | 'signing_certificate_missing'
  | 'critical_extension'
  | 'time_in_future'

export interface TimestampReport {
  readonly isValid: boolean
  readonly problems: readonly TimestampProblem[]
  /** null where the token cannot be read. */
  readonly info: TstInfo | null
  /** The authority; the path and the trust in it stand here. */
  readonly signer: SignerReport | null
}

export interface VerifyTimestampOptions extends TrustOptions {
  /** Digest of what must have been stamped. */
  readonly digest: (algorithm: DigestAlgorithm) => Uint8Array | undefined
  /** Content octets of the INTEGER that must come back. */
  readonly nonce?: Uint8Array
  readonly policy?: string
}

/** What clocks of different machines may differ by, in milliseconds. */
const CLOCK_TOLERANCE = 5 * 60 * 1000

const checkInfo = (info: TstInfo, options: VerifyTimestampOptions): TimestampProblem[] => {
  const { algorithm, digest } = info.imprint
  const expected = algorithm === null ? undefined : options.digest(algorithm)
  const problems: TimestampProblem[] = []
  if (expected === undefined) problems.push('imprint_algorithm_unsupported')
  else if (!bytesEqual(expected, digest)) problems.push('imprint_mismatch')
  if (options.nonce !== undefined && (info.nonce === null || !bytesEqual(options.nonce, info.nonce))) {
    problems.push('nonce_mismatch')
  }
  if (options.policy !== undefined && options.policy !== info.policy) problems.push('policy_mismatch')
  if (info.extensions.some(({ isCritical }) => isCritical)) problems.push('critical_extension')
  const latest = (options.at ?? new Date()).getTime() + CLOCK_TOLERANCE
  if (info.genTime.getTime() > latest) problems.push('time_in_future')
  return problems
}

/** Extended key usage critical, with time-stamping alone (RFC 3161 §2.3). */
export const isForTimestamping = ({ extensions, extendedKeyUsage }: Certificate): boolean =>
  extendedKeyUsage?.length === 1 &&
  extendedKeyUsage[0] === timeOids.timeStamping &&
  extensions.some(({ oid, isCritical }) => oid === oids.extendedKeyUsage && isCritical)

/** RFC 3161 §2.4.2: `tsa`, where it is given, is the subject or one of its alternative names. */
const isNameOf = (tsa: Uint8Array, { subject, extensions }: Certificate): boolean => {
  const alternative = extensions.find(({ oid }) => oid === oids.subjectAltName)
  const names = alternative === undefined ? [] : children(readDer(alternative.value)).map(encodedBytes)
  return [explicit(4, subject.der), ...names].some((name) => bytesEqual(name, tsa))
}

const checkAuthority = (message: SignedData, { certificate }: SignerReport, info: TstInfo): TimestampProblem[] => {
  const attributes = message.signers[0]?.attributes ?? null
  const hasReference =
    attributes !== null && (attributes.signingCertificateV2 ?? attributes.signingCertificate) !== null
  const problems: TimestampProblem[] = hasReference ? [] : ['signing_certificate_missing']
  if (certificate === null) return problems
  if (!isForTimestamping(certificate)) problems.push('authority_purpose')
  if (info.tsa !== null && !isNameOf(info.tsa, certificate)) problems.push('authority_name_mismatch')
  return problems
}

const verify = (token: Uint8Array, options: VerifyTimestampOptions): TimestampReport => {
  const message = parseSignedData(token)
  if (message.contentType !== timeOids.tstInfo || message.content === null) return unreadable
  const info = readTstInfo(message.content)
  const { digest: _, nonce: __, policy: ___, ...trust } = options
  const [signer, ...others] = verifyParsedSignedData(message, trust).signers
  if (signer === undefined || others.length > 0) {
    return { isValid: false, problems: ['several_signers'], info, signer: null }
  }
  const problems = [...signer.problems, ...checkInfo(info, options), ...checkAuthority(message, signer, info)]
  return { isValid: problems.length === 0, problems, info, signer }
}

const unreadable: TimestampReport = { isValid: false, problems: ['malformed'], info: null, signer: null }

/**
 * Verifies a TimeStampToken (RFC 3161 §2.4.2, RFC 5816; SignedData by RFC 5652 or GB/T 35275): what was stamped, who stamped it and
 * whether that authority may, and its path at `at`, by default now. What cannot be read is `malformed`.
 */
export const verifyTimestampToken = (token: Uint8Array, options: VerifyTimestampOptions): TimestampReport => {
  try {
    return orAppError('signature.malformed', () => verify(token, options))
  } catch (error) {
    if (error instanceof AppError) return unreadable
    throw error
  }
}

/** The moments between which the stamp was made: genTime less and more accuracy. */
export const timestampBounds = ({
  genTime,
  accuracy,
}: TstInfo): { readonly earliest: Date; readonly latest: Date } => ({
  earliest: new Date(genTime.getTime() - (accuracy ?? 0)),
  latest: new Date(genTime.getTime() + (accuracy ?? 0)),
})
