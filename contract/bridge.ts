import * as z from 'zod'
import { documentIdSchema } from './operations.ts'

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
