import * as z from 'zod'
import { certificateSummarySchema } from './certificates.ts'
import { signatureAlgorithmSchema } from './keys.ts'

/** What a grant may cover. */
export const scopes = ['login', 'sign', 'seal', 'encrypt', 'decrypt', 'verify'] as const
/** No operation uses them yet: the bridge refuses to ask for them. */
export const reservedScopes: readonly Scope[] = ['encrypt', 'decrypt']
export const scopeSchema = z.enum(scopes)
export type Scope = (typeof scopes)[number]

export const operationKinds = ['grant', 'login', 'message_sign', 'document_sign'] as const
export const operationKindSchema = z.enum(operationKinds)
export type OperationKind = (typeof operationKinds)[number]

/** `waiting` for the person, `working` with the key, then one of the two ends. */
export const operationStates = ['waiting', 'working', 'done', 'failed'] as const
export const operationStateSchema = z.enum(operationStates)
export type OperationState = (typeof operationStates)[number]

export const operationIdSchema = z.string().regex(/^op_[A-Za-z0-9_-]{22}$/)
export const documentIdSchema = z.string().regex(/^doc_[A-Za-z0-9_-]{22}$/)
export const certificateIdSchema = z.string().regex(/^[0-9a-f]{64}$/)
export const sealIdSchema = z.string().regex(/^seal_[A-Za-z0-9_-]{22}$/)

/** 系统标识码: what a trading platform is registered under. */
export const systemCodeSchema = z.string().regex(/^[A-Za-z0-9._-]{2,64}$/)

const millimetres = z.number().min(0).max(5000)

/** Where a seal lands. Millimetres from the top left corner of the page as it is displayed (after /Rotate, CropBox). */
export const placementSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('rectangle'),
    /** 1 is the first page, -1 the last one. */
    page: z
      .number()
      .int()
      .min(-10_000_000)
      .max(10_000_000)
      .refine((page) => page !== 0),
    x: millimetres,
    y: millimetres,
    /** Width and height; left out: the seal's own size. */
    width: millimetres.min(1).optional(),
    height: millimetres.min(1).optional(),
  }),
  z.strictObject({
    /** 骑缝章: one seal cut into slices along the right edges of consecutive pages. */
    kind: z.literal('straddle'),
    firstPage: z.number().int().min(1).default(1),
    lastPage: z.number().int().min(1).max(10_000_000).optional(),
    y: millimetres,
  }),
])
export type Placement = z.infer<typeof placementSchema>

/** A document's signature, as the page asks for it. */
export const documentSignRequestSchema = z.strictObject({
  certificateId: certificateIdSchema.optional(),
  /** Left out: the person chooses. `null`: no picture, an invisible signature. */
  sealId: sealIdSchema.nullish(),
  placements: z.array(placementSchema).max(100).default([]),
  level: z.enum(['B-B']).default('B-B'),
  algorithm: signatureAlgorithmSchema.optional(),
  reason: z.string().max(200).default(''),
  location: z.string().max(200).default(''),
  /** Further documents of the same grant, signed alike under the same consent. */
  also: z.array(documentIdSchema).max(99).default([]),
})
export type DocumentSignRequest = z.infer<typeof documentSignRequestSchema>

export const messageSignRequestSchema = z.strictObject({
  messages: z
    .array(
      z.strictObject({
        /** Base64 of the bytes to sign. */
        content: z.base64().max(1_400_000),
        name: z.string().max(200).default(''),
      }),
    )
    .min(1)
    .max(100),
  /** `cms`: RFC 5652 SignedData. `raw`: the bare signature value over the message, labelled as such in the consent. */
  format: z.enum(['cms', 'raw']).default('cms'),
  isDetached: z.boolean().default(true),
  algorithm: signatureAlgorithmSchema.optional(),
  certificateId: certificateIdSchema.optional(),
})
export type MessageSignRequest = z.infer<typeof messageSignRequestSchema>

export const loginRequestSchema = z.strictObject({
  /** 32 to 128 bytes drawn by the platform's server, base64. */
  challenge: z.base64().min(44).max(172),
  certificateId: certificateIdSchema.optional(),
})
export type LoginRequest = z.infer<typeof loginRequestSchema>

export const grantRequestSchema = z.strictObject({
  scopes: z.array(scopeSchema).min(1).max(scopes.length),
  systemCode: systemCodeSchema,
})
export type GrantRequest = z.infer<typeof grantRequestSchema>

export const grantResultSchema = z.object({
  kind: z.literal('grant'),
  /** Sent back as `Authorization: Bearer …`; works for this origin and this installation only. */
  token: z.string(),
  scopes: z.array(scopeSchema),
  expiresAt: z.iso.datetime(),
})
export const loginResultSchema = z.object({
  kind: z.literal('login'),
  /** docs/login-token.md */
  loginToken: z.string(),
  certificate: certificateSummarySchema,
})
export const messageSignResultSchema = z.object({
  kind: z.literal('message_sign'),
  /** Base64, in the order of the messages. */
  signatures: z.array(z.string()),
  algorithm: signatureAlgorithmSchema,
  certificate: certificateSummarySchema,
  /** DER, base64: needed to check `raw` signatures. */
  certificateDer: z.string(),
})
export const signedDocumentSchema = z.object({
  /** The signed document; its bytes are at /v1/documents/{id}/content. */
  id: documentIdSchema,
  sourceId: documentIdSchema,
  size: z.number().int(),
  sha256: z.string(),
})
export const documentSignResultSchema = z.object({
  kind: z.literal('document_sign'),
  documents: z.array(signedDocumentSchema),
  certificate: certificateSummarySchema,
})
export const operationResultSchema = z.discriminatedUnion('kind', [
  grantResultSchema,
  loginResultSchema,
  messageSignResultSchema,
  documentSignResultSchema,
])
export type OperationResult = z.infer<typeof operationResultSchema>

/** RFC 9457, with the closed code list of errors.ts. */
export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  detail: z.string(),
  code: z.string(),
  retryable: z.boolean(),
  /** The same sentence in Chinese, for the person. */
  message: z.string(),
  details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  traceId: z.string(),
})
export type Problem = z.infer<typeof problemSchema>

export const operationSchema = z.object({
  id: operationIdSchema,
  kind: operationKindSchema,
  state: operationStateSchema,
  /** Steps done of steps in all, while working. */
  progress: z.object({ done: z.number(), total: z.number() }).nullable(),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  result: operationResultSchema.nullable(),
  error: problemSchema.nullable(),
})
export type Operation = z.infer<typeof operationSchema>
