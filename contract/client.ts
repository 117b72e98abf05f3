import * as z from 'zod'
import { certificateSummarySchema } from './certificates.ts'
import { pinStateSchema } from './keys.ts'
import { operationIdSchema, operationKindSchema, scopeSchema, sealIdSchema } from './operations.ts'

/** What the windows of the client show: consent, journal, grants, seals, settings, diagnosis. */

export const errorDataSchema = z.object({
  code: z.string(),
  details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
})

export const platformSchema = z.object({
  systemCode: z.string(),
  name: z.string(),
  origins: z.array(z.string()),
})
export type Platform = z.infer<typeof platformSchema>

export const consentCertificateSchema = certificateSummarySchema.extend({
  pin: pinStateSchema,
  hasPinPad: z.boolean(),
  /** Error code why it cannot be chosen for this operation, or null. */
  unfit: z.string().nullable(),
})
export type ConsentCertificate = z.infer<typeof consentCertificateSchema>

export const sealSchema = z.object({
  id: sealIdSchema,
  name: z.string(),
  widthMm: z.number(),
  heightMm: z.number(),
  mediaType: z.enum(['image/png', 'image/jpeg']),
  createdAt: z.iso.datetime(),
})
export type Seal = z.infer<typeof sealSchema>

/** A rectangle on a page in mm, ready to be drawn: percentages of the seal are shown with `slice` (0–1, left to right). */
export const placedSealSchema = z.object({
  page: z.number().int(),
  x: z.number(),
  y: z.number(),
  width: z.number(),
  height: z.number(),
  slice: z.object({ left: z.number(), right: z.number() }).nullable(),
})
export type PlacedSeal = z.infer<typeof placedSealSchema>

export const consentDocumentSchema = z.object({
  id: z.string(),
  name: z.string(),
  size: z.number().int(),
  sha256: z.string(),
  pageCount: z.number().int(),
  /** Of the first page, mm; other pages are asked for when shown. */
  pages: z.array(z.object({ page: z.number().int(), width: z.number(), height: z.number() })),
  /** For the seal's own size: resolved again when another seal is chosen. */
  placements: z.array(placedSealSchema),
  existingSignatures: z.number().int(),
})

export const consentSubjectSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('grant'), scopes: z.array(scopeSchema) }),
  z.object({ kind: z.literal('login'), challengeDigest: z.string() }),
  z.object({
    kind: z.literal('message_sign'),
    format: z.enum(['cms', 'raw']),
    messages: z.array(
      z.object({
        name: z.string(),
        size: z.number().int(),
        sha256: z.string(),
        /** The text when the bytes are printable UTF-8, else a hex dump's beginning. */
        preview: z.string(),
        isText: z.boolean(),
        isTruncated: z.boolean(),
      }),
    ),
  }),
  z.object({
    kind: z.literal('document_sign'),
    documents: z.array(consentDocumentSchema),
    reason: z.string(),
    location: z.string(),
    level: z.string(),
    wantsSeal: z.boolean(),
    requestedSealId: sealIdSchema.nullable(),
  }),
])
export type ConsentSubject = z.infer<typeof consentSubjectSchema>

export const consentViewSchema = z.object({
  operationId: operationIdSchema,
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  /** `asking` → `working` → `done` | `failed`; a wrong PIN goes back to `asking` with `error` set. */
  phase: z.enum(['asking', 'working', 'done', 'failed']),
  progress: z.object({ done: z.number(), total: z.number() }).nullable(),
  error: errorDataSchema.nullable(),
  origin: z.object({
    /** As the browser sent it, in ASCII. */
    ascii: z.string(),
    /** Unicode form for reading; equal to `ascii` when scripts are mixed, so that punycode shows. */
    display: z.string(),
    isSecure: z.boolean(),
  }),
  platform: z.object({ systemCode: z.string(), name: z.string(), isRegistered: z.boolean() }),
  subject: consentSubjectSchema,
  certificates: z.array(consentCertificateSchema),
  requestedCertificateId: z.string().nullable(),
  seals: z.array(sealSchema),
})
export type ConsentView = z.infer<typeof consentViewSchema>

export const grantViewSchema = z.object({
  id: z.string(),
  origin: z.string(),
  systemCode: z.string(),
  platformName: z.string(),
  isRegistered: z.boolean(),
  scopes: z.array(scopeSchema),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  lastUsedAt: z.iso.datetime().nullable(),
})
export type GrantView = z.infer<typeof grantViewSchema>

/** One row of the hash-chained journal (R17). */
export const journalEntrySchema = z.object({
  seq: z.number().int(),
  at: z.iso.datetime(),
  operationId: z.string(),
  kind: operationKindSchema,
  /** `intent` is written before the key is used; `outcome` after. */
  entry: z.enum(['intent', 'outcome']),
  origin: z.string(),
  systemCode: z.string(),
  certificateSerial: z.string(),
  /** SHA-256 over what was signed, hex; several documents: one entry each. */
  digest: z.string(),
  /** File or message name. */
  title: z.string(),
  /** `ok` or an error code; empty for an intent. */
  outcome: z.string(),
  hash: z.string(),
})
export type JournalEntry = z.infer<typeof journalEntrySchema>

export const bridgeStateSchema = z.object({
  state: z.enum(['starting', 'ready', 'paused', 'failed']),
  port: z.number().int().nullable(),
  instanceId: z.string(),
  error: errorDataSchema.nullable(),
  pending: z.number().int(),
})
export type BridgeState = z.infer<typeof bridgeStateSchema>

export const settingsSchema = z.object({
  theme: z.enum(['system', 'light', 'dark']),
  language: z.enum(['zh-CN', 'en']),
  isBridgeEnabled: z.boolean(),
  /** Days a remembered grant lives. */
  grantDays: z.number().int().min(1).max(365),
  startAtLogin: z.boolean(),
})
export type Settings = z.infer<typeof settingsSchema>

export const diagnosisStepSchema = z.object({
  id: z.enum([
    'driver_file',
    'architecture',
    'load',
    'slots',
    'token',
    'certificates',
    'chain',
    'grant',
    'browser_permission',
  ]),
  state: z.enum(['ok', 'warning', 'broken', 'skipped']),
  /** Key of the sentence and its repair in the locale files. */
  finding: z.string(),
  details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
})
export type DiagnosisStep = z.infer<typeof diagnosisStepSchema>

export const driverReportSchema = z.object({
  path: z.string(),
  architecture: z.string(),
  isUsable: z.boolean(),
  error: errorDataSchema.nullable(),
  library: z.string(),
  slots: z.array(z.object({ description: z.string(), tokenLabel: z.string().nullable() })),
})
export type DriverReport = z.infer<typeof driverReportSchema>
