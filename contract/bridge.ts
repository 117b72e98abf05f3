import * as z from 'zod'
import { certificateSummarySchema } from './certificates.ts'
import {
  certificateIdSchema,
  documentIdSchema,
  documentSignRequestSchema,
  grantRequestSchema,
  loginRequestSchema,
  messageSignRequestSchema,
  operationIdSchema,
  operationSchema,
  type Scope,
} from './operations.ts'

/** Ports tried in order: a second user on a terminal server gets the next one. */
export const bridgePorts = [17311, 27311, 37311, 47311, 57311] as const

export const bridgeApiVersion = 1

/** Largest document the bridge takes, bytes. */
export const maxDocumentSize = 512 * 1024 * 1024

export const healthSchema = z.object({
  product: z.literal('zhongbiao-yizhengtong'),
  apiVersion: z.number().int(),
  /** This installation, as this origin knows it; another origin gets another one. */
  instanceId: z.string(),
  state: z.enum(['ready', 'paused']),
})
export type Health = z.infer<typeof healthSchema>

export const certificateQuerySchema = z.strictObject({
  identity: z.enum(['personal', 'enterprise']).optional(),
  issuer: z.string().max(200).optional(),
  keyType: z.enum(['rsa', 'ec']).optional(),
  usage: z.enum(['sign', 'encrypt']).optional(),
})
export type CertificateQuery = z.infer<typeof certificateQuerySchema>

export const uploadedDocumentSchema = z.object({
  id: documentIdSchema,
  name: z.string(),
  size: z.number().int(),
  sha256: z.string(),
  expiresAt: z.iso.datetime(),
})
export type UploadedDocument = z.infer<typeof uploadedDocumentSchema>

export const signatureReportSchema = z.object({
  /** PDF: the field's name; CMS: the signer's index. */
  name: z.string(),
  verdict: z.enum(['valid', 'invalid', 'unknown']),
  /** Stable machine codes of what was found wrong or could not be checked, empty when valid. */
  findings: z.array(z.string()),
  signer: z.object({ subject: z.string(), issuer: z.string(), serial: z.string() }).nullable(),
  algorithm: z.string().nullable(),
  signedAt: z.iso.datetime().nullable(),
  /** PDF only: does the signature cover the file to its end, and what came after it. */
  coverage: z.enum(['whole', 'earlier_revision', 'broken']).nullable(),
  laterChanges: z.enum(['none', 'allowed', 'modified']).nullable(),
  chain: z.enum(['trusted', 'untrusted', 'not_checked']),
  revocation: z.enum(['good', 'revoked', 'not_checked']),
})
export const verificationReportSchema = z.object({
  verdict: z.enum(['valid', 'invalid', 'unknown', 'unsigned']),
  signatures: z.array(signatureReportSchema),
})
export type SignatureReport = z.infer<typeof signatureReportSchema>
export type VerificationReport = z.infer<typeof verificationReportSchema>

export const messageVerifyRequestSchema = z.strictObject({
  format: z.enum(['cms', 'raw']).default('cms'),
  signature: z.base64().max(1_400_000),
  /** Needed for detached CMS and for raw. */
  content: z.base64().max(1_400_000).optional(),
  /** Raw only. */
  certificateDer: z.base64().max(16_384).optional(),
  /** Raw only. Left out: SHA-256 with the kind of key that the certificate holds. */
  algorithm: z.string().max(40).optional(),
})
export type MessageVerifyRequest = z.infer<typeof messageVerifyRequestSchema>

export const bridgeEventSchema = z.object({
  type: z.enum(['key_inserted', 'key_removed', 'certificates_changed', 'bridge_paused', 'bridge_resumed']),
  at: z.iso.datetime(),
})
export type BridgeEvent = z.infer<typeof bridgeEventSchema>

export type BridgeBody = 'none' | 'json' | 'document'

export interface BridgeRoute {
  readonly method: 'GET' | 'POST' | 'DELETE'
  /** Express 5 path. */
  readonly path: string
  readonly summary: string
  /** `open`: no grant needed; `any`: any live grant of the origin; otherwise the scope. */
  readonly grant: 'open' | 'any' | Scope
  readonly params?: z.ZodType
  readonly query?: z.ZodType
  readonly body?: z.ZodType
  readonly bodyKind: BridgeBody
  /** `stream`: raw bytes. `events`: text/event-stream. */
  readonly result: z.ZodType | 'stream' | 'events' | 'none'
  readonly status: number
}

/** The whole of version 1; server/bridge implements each row, OpenAPI is generated from it. */
export const bridgeRoutes = {
  health: {
    method: 'GET',
    path: '/health',
    summary: 'Is a bridge there, and which',
    grant: 'open',
    bodyKind: 'none',
    result: healthSchema,
    status: 200,
  },
  openapi: {
    method: 'GET',
    path: '/openapi.json',
    summary: 'This description',
    grant: 'open',
    bodyKind: 'none',
    result: z.looseObject({}),
    status: 200,
  },
  requestGrant: {
    method: 'POST',
    path: '/v1/grants',
    summary: 'Ask the person for a grant for this origin',
    grant: 'open',
    body: grantRequestSchema,
    bodyKind: 'json',
    result: operationSchema,
    status: 202,
  },
  dropGrant: {
    method: 'DELETE',
    path: '/v1/grants/current',
    summary: 'Give the grant back',
    grant: 'any',
    bodyKind: 'none',
    result: 'none',
    status: 204,
  },
  listCertificates: {
    method: 'GET',
    path: '/v1/certificates',
    summary: 'Certificates the grant may see',
    grant: 'any',
    query: certificateQuerySchema,
    bodyKind: 'none',
    result: z.object({ certificates: z.array(certificateSummarySchema) }),
    status: 200,
  },
  getCertificate: {
    method: 'GET',
    path: '/v1/certificates/:id',
    summary: 'One certificate with its DER',
    grant: 'any',
    params: z.strictObject({ id: certificateIdSchema }),
    bodyKind: 'none',
    result: certificateSummarySchema.extend({ der: z.string() }),
    status: 200,
  },
  login: {
    method: 'POST',
    path: '/v1/logins',
    summary: 'Sign a login token over origin, challenge and time',
    grant: 'login',
    body: loginRequestSchema,
    bodyKind: 'json',
    result: operationSchema,
    status: 202,
  },
  signMessage: {
    method: 'POST',
    path: '/v1/messages/sign',
    summary: 'Sign messages',
    grant: 'sign',
    body: messageSignRequestSchema,
    bodyKind: 'json',
    result: operationSchema,
    status: 202,
  },
  verifyMessage: {
    method: 'POST',
    path: '/v1/messages/verify',
    summary: 'Verify a signed message',
    grant: 'verify',
    body: messageVerifyRequestSchema,
    bodyKind: 'json',
    result: verificationReportSchema,
    status: 200,
  },
  uploadDocument: {
    method: 'POST',
    path: '/v1/documents',
    summary: 'Upload a document, streamed',
    grant: 'any',
    query: z.strictObject({ name: z.string().max(200).default('') }),
    bodyKind: 'document',
    result: uploadedDocumentSchema,
    status: 201,
  },
  signDocument: {
    method: 'POST',
    path: '/v1/documents/:id/signatures',
    summary: 'Sign and seal a document',
    grant: 'seal',
    params: z.strictObject({ id: documentIdSchema }),
    body: documentSignRequestSchema,
    bodyKind: 'json',
    result: operationSchema,
    status: 202,
  },
  verifyDocument: {
    method: 'POST',
    path: '/v1/documents/:id/verifications',
    summary: 'Verify the signatures in a document',
    grant: 'verify',
    params: z.strictObject({ id: documentIdSchema }),
    body: z.strictObject({}),
    bodyKind: 'json',
    result: verificationReportSchema,
    status: 200,
  },
  documentContent: {
    method: 'GET',
    path: '/v1/documents/:id/content',
    summary: 'The bytes, streamed',
    grant: 'any',
    params: z.strictObject({ id: documentIdSchema }),
    bodyKind: 'none',
    result: 'stream',
    status: 200,
  },
  deleteDocument: {
    method: 'DELETE',
    path: '/v1/documents/:id',
    summary: 'Delete a document',
    grant: 'any',
    params: z.strictObject({ id: documentIdSchema }),
    bodyKind: 'none',
    result: 'none',
    status: 204,
  },
  getOperation: {
    method: 'GET',
    path: '/v1/operations/:id',
    summary: 'State of an operation',
    grant: 'open',
    params: z.strictObject({ id: operationIdSchema }),
    bodyKind: 'none',
    result: operationSchema,
    status: 200,
  },
  cancelOperation: {
    method: 'DELETE',
    path: '/v1/operations/:id',
    summary: 'Cancel an operation',
    grant: 'open',
    params: z.strictObject({ id: operationIdSchema }),
    bodyKind: 'none',
    result: 'none',
    status: 204,
  },
  operationEvents: {
    method: 'GET',
    path: '/v1/operations/:id/events',
    summary: 'Changes of an operation',
    grant: 'open',
    params: z.strictObject({ id: operationIdSchema }),
    bodyKind: 'none',
    result: 'events',
    status: 200,
  },
  events: {
    method: 'GET',
    path: '/v1/events',
    summary: 'Keys and bridge state',
    grant: 'any',
    bodyKind: 'none',
    result: 'events',
    status: 200,
  },
} as const satisfies Record<string, BridgeRoute>

export type BridgeRouteName = keyof typeof bridgeRoutes
