import * as z from 'zod'

import { defaultAlgorithms, legacyAlgorithms } from '../path/algorithm-policy.ts'
import type { TrustOptions } from '../cms/trust.ts'
import type { KeyUsage } from '../x509/extensions.ts'
import { isSet, listOf, textOf, UsageError } from './arguments.ts'
import type { Arguments } from './arguments.ts'
import { loadCertificates, loadCrls, loadOcspResponses, readableOf } from './files.ts'
import type { Ignored } from './files.ts'

const keyUsages = [
  'digitalSignature',
  'nonRepudiation',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
  'encipherOnly',
  'decipherOnly',
] as const satisfies readonly KeyUsage[]

const algorithmPolicies = { default: defaultAlgorithms, legacy: legacyAlgorithms }

const oid = z.string().regex(/^\d+(\.\d+)+$/)

/** What decides over trust, as a line of a batch has it. A reference is a path, PEM itself, or `base64:` and DER. */
export const trustFields = {
  anchors: z.array(z.string()).min(1),
  intermediates: z.array(z.string()).optional(),
  crls: z.array(z.string()).optional(),
  ocspResponses: z.array(z.string()).optional(),
  /** ISO 8601 with a zone. Default: now. */
  at: z.iso.datetime({ offset: true }).optional(),
  policies: z.array(oid).optional(),
  requireExplicitPolicy: z.boolean().optional(),
  inhibitPolicyMapping: z.boolean().optional(),
  inhibitAnyPolicy: z.boolean().optional(),
  areAnchorsConstrained: z.boolean().optional(),
  keyUsage: z.array(z.enum(keyUsages)).optional(),
  extendedKeyUsage: oid.optional(),
  peerName: z.string().optional(),
  /** Most CAs between anchor and target. */
  maxPathLength: z.number().int().min(0).optional(),
  algorithms: z.enum(['default', 'legacy']).optional(),
  profile: z.enum(['path', 'rfc5280']).optional(),
  revocation: z.enum(['off', 'soft', 'hard']).optional(),
} as const
export const trustSchema = z.object(trustFields)
export type Trust = z.infer<typeof trustSchema>

const numberOf = (text: string | undefined): number | undefined => (text === undefined ? undefined : Number(text))

/** The same from the options of the command line. */
export const trustOf = (given: Arguments): Record<string, unknown> => {
  const fields: Record<string, unknown> = {
    anchors: listOf(given, 'anchor'),
    intermediates: listOf(given, 'intermediate'),
    crls: listOf(given, 'crl'),
    ocspResponses: listOf(given, 'ocsp'),
    at: textOf(given, 'at'),
    policies: listOf(given, 'policy'),
    requireExplicitPolicy: isSet(given, 'require-explicit-policy') || undefined,
    inhibitPolicyMapping: isSet(given, 'inhibit-policy-mapping') || undefined,
    inhibitAnyPolicy: isSet(given, 'inhibit-any-policy') || undefined,
    areAnchorsConstrained: isSet(given, 'unconstrained-anchors') ? false : undefined,
    keyUsage: listOf(given, 'key-usage'),
    extendedKeyUsage: textOf(given, 'extended-key-usage'),
    peerName: textOf(given, 'peer-name'),
    maxPathLength: numberOf(textOf(given, 'max-path-length')),
    algorithms: textOf(given, 'algorithms'),
    profile: textOf(given, 'profile'),
    revocation: textOf(given, 'revocation'),
  }
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}

/** @throws UsageError that names the field */
export const checked = <Schema extends z.ZodType>(schema: Schema, fields: unknown): z.infer<Schema> => {
  const result = schema.safeParse(fields)
  if (result.success) return result.data
  throw new UsageError(result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '))
}

export interface LoadedTrust {
  readonly trust: TrustOptions
  /** What could not be read and was left out: nothing is trusted by it, and what a CRL would have said stays unknown. */
  readonly ignored: readonly Ignored[]
}

/** Everything a path is checked with, read from where the references point. */
export const loadTrust = async (given: Trust): Promise<LoadedTrust> => {
  const { anchors, intermediates = [], crls, ocspResponses, at, algorithms, revocation, ...others } = given
  const ignored: Ignored[] = []
  const rest = Object.fromEntries(Object.entries(others).filter(([, value]) => value !== undefined))
  // Whoever gives status data wants it to count.
  const mode = revocation ?? (crls === undefined && ocspResponses === undefined ? undefined : 'hard')
  const trust = {
    ...rest,
    anchors: await loadCertificates(anchors),
    intermediates: await readableOf(loadCertificates, intermediates, ignored),
    ...(crls === undefined ? {} : { crls: await readableOf(loadCrls, crls, ignored) }),
    ...(ocspResponses === undefined
      ? {}
      : { ocspResponses: await readableOf(loadOcspResponses, ocspResponses, ignored) }),
    ...(at === undefined ? {} : { at: new Date(at) }),
    ...(algorithms === undefined ? {} : { algorithms: algorithmPolicies[algorithms] }),
    ...(mode === undefined ? {} : { revocation: { mode } }),
  }
  return { trust, ignored }
}
