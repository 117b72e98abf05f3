import * as z from 'zod'
import { signatureAlgorithmSchema } from './keys.ts'

export const certificateNameSchema = z.object({
  commonName: z.string(),
  organization: z.string(),
  /** The whole name in RFC 4514 order, for display. */
  full: z.string(),
})

/** A certificate as screens, consent window and granted pages see it. Nothing secret; identity numbers are not in it. */
export const certificateSummarySchema = z.object({
  /** SHA-256 of the DER certificate, hex. */
  id: z.string(),
  subject: certificateNameSchema,
  issuer: certificateNameSchema,
  /** Hex, as in the certificate. */
  serial: z.string(),
  notBefore: z.iso.datetime(),
  notAfter: z.iso.datetime(),
  keyType: z.enum(['rsa', 'ec', 'other']),
  keyBits: z.number().int(),
  algorithms: z.array(signatureAlgorithmSchema),
  keyUsage: z.array(z.string()),
  /** 统一社会信用代码 where the certificate carries one. */
  creditCode: z.string().nullable(),
  identity: z.enum(['personal', 'enterprise']),
  kind: z.enum(['media', 'mobile']),
  state: z.enum(['normal', 'expired', 'not_yet_valid', 'frozen', 'invalid']),
  isPluggedIn: z.boolean(),
  tokenId: z.string().nullable(),
  tokenLabel: z.string().nullable(),
})
export type CertificateSummary = z.infer<typeof certificateSummarySchema>
