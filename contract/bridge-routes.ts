import * as z from 'zod'
import {
  certificateQuerySchema,
  healthSchema,
  messageVerifyRequestSchema,
  uploadedDocumentSchema,
  verificationReportSchema,
} from './bridge.ts'
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
    summary: 'Ask the person for a grant for this origin; the scopes encrypt and decrypt are reserved and refused',
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
