import { digest } from '../algorithms/digest.ts'
import { orAppError } from '../asn1/error.ts'
import { children, encodedBytes } from '../asn1/reader.ts'
import type { ContentOptions } from '../cms/content.ts'
import { parseSignedData } from '../cms/signed-data.ts'
import type { SignedData, SignerInfo } from '../cms/signed-data.ts'
import { matchSigningCertificate } from '../cms/signing-certificate.ts'
import { sharedTrust } from '../cms/shared-trust.ts'
import { checkPath } from '../cms/trust.ts'
import type { TrustOptions } from '../cms/trust.ts'
import { readSignedDataStream } from '../cms/verify-stream.ts'
import type { StreamContent } from '../cms/verify-stream.ts'
import { verifyParsedSignedData } from '../cms/verify.ts'
import type { SignerReport } from '../cms/verify-signer.ts'
import type { PathReport } from '../path/types.ts'
import { authorityTrust, timestampBounds, verifyTimestampToken } from '../time/token.ts'
import type { TimestampReport } from '../time/token.ts'
import { cadesOids } from './oids.ts'
import { readSignerStatements } from './signed-attributes.ts'
import type { SignerStatements } from './signed-attributes.ts'
import { readSharedData, readValidationData } from './validation-data.ts'
import type { SharedData, ValidationData } from './validation-data.ts'

/** Baseline levels of ETSI EN 319 122-1 §6; `none`: not even B. */
export type CadesLevel = 'none' | 'B' | 'T' | 'LT'

/** Why a signature has no higher level: the closed list, the clause of ETSI EN 319 122-1 and a text for people. */
export const levelReasons = {
  signature_invalid: { clause: '§6', text: 'The signature does not hold.' },
  signing_certificate_absent: { clause: '§5.2.2, for B', text: 'The signer’s certificate is not under the signature.' },
  signing_time_absent: { clause: '§5.2.1, for B', text: 'The signer states no time.' },
  gb35275: { clause: '§6, for B', text: 'It is a message of GB/T 35275, which knows no levels.' },
  timestamp_absent: { clause: '§5.3, for T', text: 'It has no time-stamp.' },
  timestamp_invalid: { clause: '§5.3, for T', text: 'None of its time-stamps holds.' },
  signer_revocation_unknown: {
    clause: '§5.5, for LT',
    text: 'It does not carry what shows that the signer’s path was not revoked.',
  },
  authority_revocation_unknown: {
    clause: '§5.5, for LT',
    text: 'It does not carry what shows that the authority’s path was not revoked.',
  },
  revocation_values_missing: { clause: '§A.1.2, for LT', text: 'It refers to revocation material that is not there.' },
  archive_not_supported: { clause: '§5.5.3, for LTA', text: 'Archive time-stamps are not read here.' },
} as const satisfies Record<string, { readonly clause: string; readonly text: string }>
export type LevelReason = keyof typeof levelReasons

export interface CadesSignerReport {
  /** Validated at `provenAt` where a time-stamp holds. */
  readonly signer: SignerReport
  readonly level: CadesLevel
  /** Why not further; empty for no level. */
  readonly reasons: readonly LevelReason[]
  /** In the order of the attributes. */
  readonly timestamps: readonly TimestampReport[]
  /** The signature existed then, by the first time-stamp that holds, accuracy added. */
  readonly provenAt: Date | null
  readonly statements: SignerStatements
}

export interface CadesReport {
  /** Every signature holds and its signer is trusted, at the time proven or else at `at`. Levels are told apart. */
  readonly isValid: boolean
  readonly isDetached: boolean
  readonly content: Uint8Array | null
  readonly signers: readonly CadesSignerReport[]
}

export interface VerifyCadesOptions extends TrustOptions, ContentOptions {
  /** Anchors of time-stamping authorities. Default: `anchors`. */
  readonly timestampAnchors?: TrustOptions['anchors']
}

/** Of one message. */
const MAX_TIMESTAMPS = 32

type Trust = Omit<VerifyCadesOptions, keyof ContentOptions>

/** The caller's material with what the message carries: revocation known from either counts, unknown is reported. */
const withData = ({ timestampAnchors: _, ...trust }: Trust, data: ValidationData): TrustOptions => ({
  ...trust,
  intermediates: [...(trust.intermediates ?? []), ...data.certificates],
  crls: [...(trust.crls ?? []), ...data.crls],
  ocspResponses: [...(trust.ocspResponses ?? []), ...data.ocspResponses],
  revocation: { mode: 'soft', acceptsLater: true, ...trust.revocation },
})

interface Work {
  readonly message: SignedData
  readonly shared: SharedData
  /** How many time-stamps there are, and how many may still be looked at. */
  readonly stamps: number
  readonly budget: { left: number }
}

interface Evidence {
  readonly data: ValidationData
  readonly timestamps: readonly TimestampReport[]
  readonly provenAt: Date | null
  /** What the signer is validated with. */
  readonly trust: TrustOptions
  /** The path of the authority at the time it stamped. */
  readonly authority: PathReport | null
}

const timestampsOf = ({ unsignedAttributes }: SignerInfo) =>
  unsignedAttributes
    .filter(({ type }) => type === cadesOids.signatureTimeStamp)
    .flatMap(({ values }) => children(values))

const gather = ({ message, shared, stamps, budget }: Work, signer: SignerInfo, options: Trust): Evidence => {
  const data = readValidationData(shared, message, signer)
  const trust = withData(options, data)
  const byAuthority = {
    ...authorityTrust(sharedTrust(trust, stamps)),
    anchors: options.timestampAnchors ?? options.anchors,
  }
  const intermediates = [...(trust.intermediates ?? []), ...message.certificates]
  const timestamps = timestampsOf(signer)
    .filter(() => budget.left-- > 0)
    .map((node) =>
      verifyTimestampToken(encodedBytes(node), {
        ...byAuthority,
        intermediates,
        digest: (algorithm) => digest(algorithm, signer.signature),
      }),
    )
  const [first] = timestamps
    .flatMap(({ isValid, info, signer: by }) => (isValid && info !== null ? [{ ...timestampBounds(info), by }] : []))
    .toSorted((a, b) => a.latest.getTime() - b.latest.getTime())
  const stamped = first?.by?.certificate ?? null
  return {
    data,
    timestamps,
    provenAt: first?.latest ?? null,
    trust: first === undefined ? trust : { ...trust, at: first.latest },
    authority:
      first === undefined || stamped === null
        ? null
        : checkPath(stamped, first.by?.chain?.path ?? [], { ...byAuthority, intermediates, at: first.latest }),
  }
}

const basicReasons = (message: SignedData, signer: SignerInfo, report: SignerReport): LevelReason[] => {
  const { certificate } = report
  if (!report.isValid || certificate === null) return ['signature_invalid']
  if (message.dialect === 'gb35275') return ['gb35275']
  const { attributes } = signer
  const isNamed = attributes !== null && matchSigningCertificate(attributes, certificate) === 'match'
  return [
    ...(isNamed ? [] : (['signing_certificate_absent'] as const)),
    ...((attributes?.signingTime ?? null) === null ? (['signing_time_absent'] as const) : []),
  ]
}

const longTermReasons = (report: SignerReport, { data, authority }: Evidence): LevelReason[] => [
  ...(report.chain?.revocation === 'good' ? [] : (['signer_revocation_unknown'] as const)),
  ...(authority?.isValid === true && authority.revocation === 'good'
    ? []
    : (['authority_revocation_unknown'] as const)),
  ...(data.missingReferences === 0 ? [] : (['revocation_values_missing'] as const)),
]

const levelOf = (
  message: SignedData,
  signer: SignerInfo,
  report: SignerReport,
  evidence: Evidence,
): Pick<CadesSignerReport, 'level' | 'reasons'> => {
  const basic = basicReasons(message, signer, report)
  if (basic.length > 0) return { level: 'none', reasons: basic }
  if (evidence.timestamps.length === 0) return { level: 'B', reasons: ['timestamp_absent'] }
  if (evidence.provenAt === null) return { level: 'B', reasons: ['timestamp_invalid'] }
  const longTerm = longTermReasons(report, evidence)
  return longTerm.length > 0 ? { level: 'T', reasons: longTerm } : { level: 'LT', reasons: ['archive_not_supported'] }
}

const noStatements: SignerStatements = { commitment: null, location: null }

const describe = (
  message: SignedData,
  signer: SignerInfo,
  report: SignerReport,
  evidence: Evidence,
): CadesSignerReport => ({
  signer: report,
  ...levelOf(message, signer, report, evidence),
  timestamps: evidence.timestamps,
  provenAt: evidence.provenAt,
  statements: signer.attributes === null ? noStatements : readSignerStatements(signer.attributes),
})

const verifyParsed = (message: SignedData, options: VerifyCadesOptions): CadesReport => {
  const { content: _, contentDigest: __, ...trust } = options
  return orAppError('signature.malformed', () => {
    const stamps = Math.min(message.signers.flatMap(timestampsOf).length, MAX_TIMESTAMPS)
    const work: Work = { message, shared: readSharedData(message), stamps, budget: { left: MAX_TIMESTAMPS } }
    const evidence = new Map(message.signers.map((signer) => [signer, gather(work, signer, trust)]))
    const trustOf = (signer: SignerInfo): TrustOptions => evidence.get(signer)?.trust ?? trust
    const report = verifyParsedSignedData(message, { ...options, trustOf })
    const signers = message.signers.flatMap((signer, index) => {
      const [own, found] = [report.signers[index], evidence.get(signer)]
      return own === undefined || found === undefined ? [] : [describe(message, signer, own, found)]
    })
    return { ...report, signers }
  })
}

/**
 * Verifies the signatures of a message as CAdES (ETSI EN 319 122-1): each is checked as by `verifySignedData`, at the moment a
 * time-stamp proves it existed, and its level is told with the reason why it has no higher one. Revocation material in the
 * message counts: a certificate revoked by then makes its signature invalid. Throws `signature.malformed`,
 * `certificate.malformed`.
 */
export const verifyCades = (encoded: Uint8Array, options: VerifyCadesOptions): CadesReport =>
  verifyParsed(parseSignedData(encoded), options)

/** The same for a message of any size, with the limits and errors of `readSignedDataStream`. */
export const verifyCadesStream = async (
  input: AsyncIterable<Uint8Array>,
  { content, onContent, ...trust }: Trust & StreamContent,
): Promise<CadesReport> => {
  const streams = { ...(content === undefined ? {} : { content }), ...(onContent === undefined ? {} : { onContent }) }
  const passed = await readSignedDataStream(input, streams)
  const report = verifyParsed(passed.message, { ...trust, ...passed.content })
  return { ...report, content: null, isDetached: passed.isDetached }
}
