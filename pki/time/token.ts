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
import { signerProblems } from '../cms/signer-problems.ts'
import type { SignerReport } from '../cms/verify-signer.ts'
import type { Certificate } from '../x509/certificate.ts'
import { timeOids } from './oids.ts'
import { readTstInfo } from './tst-info.ts'
import type { TstInfo } from './tst-info.ts'

/** Why a time-stamp proves nothing: the closed list, the clause and a text for people. */
export const timestampProblems = {
  ...signerProblems,
  malformed: { clause: 'RFC 3161 §2.4.2', text: 'It is no time-stamp that can be read.' },
  several_signers: { clause: 'RFC 3161 §2.4.2', text: 'Others than the authority signed it.' },
  imprint_algorithm_unsupported: { clause: 'RFC 3161 §2.4.1', text: 'Its digest is of another algorithm.' },
  imprint_mismatch: { clause: 'RFC 3161 §2.2', text: 'Something else was stamped.' },
  nonce_mismatch: { clause: 'RFC 3161 §2.2', text: 'It answers another request.' },
  policy_mismatch: { clause: 'RFC 3161 §2.2', text: 'It was made under another policy.' },
  authority_purpose: { clause: 'RFC 3161 §2.3', text: 'The certificate is not for time-stamping alone.' },
  authority_name_mismatch: { clause: 'RFC 3161 §2.4.2', text: 'The authority named is not the one that signed.' },
  signing_certificate_missing: {
    clause: 'RFC 5816 §2.1',
    text: 'The certificate of the authority is not under the signature.',
  },
  critical_extension: { clause: 'RFC 3161 §2.4.2', text: 'It has a critical extension that is not known here.' },
  time_in_future: { clause: 'RFC 3161 §2.2', text: 'Its time has not come yet.' },
} as const satisfies Record<string, { readonly clause: string; readonly text: string }>
export type TimestampProblem = keyof typeof timestampProblems

export interface TimestampReport {
  readonly isValid: boolean
  readonly problems: readonly TimestampProblem[]
  /** `signing_certificate_absent`: put up with in GB/T 35275, whose authorities leave the reference out. */
  readonly notes: readonly 'signing_certificate_absent'[]
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

/** An ESS reference to the authority's certificate stands under the signature (RFC 3161 §2.4.2, RFC 5816). */
const hasReference = ({ signers: [signer] }: SignedData): boolean =>
  (signer?.attributes?.signingCertificateV2 ?? signer?.attributes?.signingCertificate ?? null) !== null

const checkAuthority = ({ certificate }: SignerReport, info: TstInfo): TimestampProblem[] => {
  const problems: TimestampProblem[] = []
  if (certificate === null) return problems
  if (!isForTimestamping(certificate)) problems.push('authority_purpose')
  if (info.tsa !== null && !isNameOf(info.tsa, certificate)) problems.push('authority_name_mismatch')
  return problems
}

/** What is asked of a signer's path, asked of an authority's: its purpose is time-stamping, all the way up. */
export const authorityTrust = ({ keyUsage: _, peerName: __, ...trust }: TrustOptions): TrustOptions => ({
  ...trust,
  extendedKeyUsage: timeOids.timeStamping,
})

const verify = (token: Uint8Array, options: VerifyTimestampOptions): TimestampReport => {
  const message = parseSignedData(token)
  if (message.contentType !== timeOids.tstInfo || message.content === null) return unreadable
  const info = readTstInfo(message.content)
  const { digest: _, nonce: __, policy: ___, ...trust } = options
  const severalSigners: TimestampReport = { ...unreadable, problems: ['several_signers'], info }
  // Before anything is verified: the work would be that of others.
  if (message.signers.length !== 1) return severalSigners
  const [signer] = verifyParsedSignedData(message, authorityTrust(trust)).signers
  if (signer === undefined) return severalSigners
  const problems = [...signer.problems, ...checkInfo(info, options), ...checkAuthority(signer, info)]
  const isLoose = !hasReference(message)
  if (isLoose && message.dialect === 'rfc5652') problems.push('signing_certificate_missing')
  const notes = isLoose && message.dialect === 'gb35275' ? (['signing_certificate_absent'] as const) : []
  return { isValid: problems.length === 0, problems, notes, info, signer }
}

const unreadable: TimestampReport = { isValid: false, problems: ['malformed'], notes: [], info: null, signer: null }

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
