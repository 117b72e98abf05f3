import * as z from 'zod'
import { decryptionAlgorithms, pinStateSchema, signatureAlgorithmSchema } from '#contract/keys.ts'

/**
 * Messages between the token host (main) and a token helper. Structured clones: bytes travel as Uint8Array, never base64.
 * Replies come in the order of the requests, because the helper makes one driver call at a time.
 */

const bytes = z.custom<Uint8Array>((value) => value instanceof Uint8Array)
const id = z.number().int()
const certificateId = z.string().regex(/^[0-9a-f]{64}$/)
/** Which token: serial and label as the token itself tells them. The slot number alone could mean another token by now. */
const tokenIdentitySchema = z.object({ serial: z.string(), label: z.string() })
export type TokenIdentity = z.infer<typeof tokenIdentitySchema>

export const requestSchema = z.discriminatedUnion('call', [
  z.object({
    id,
    call: z.literal('load'),
    path: z.string(),
    pollMs: z.number().int().positive(),
    /** C_WaitForSlotEvent may be asked; some drivers wait in it although told not to. */
    usesSlotEvents: z.boolean(),
  }),
  z.object({ id, call: z.literal('list'), isFresh: z.boolean() }),
  z.object({ id, call: z.literal('mechanisms'), token: tokenIdentitySchema }),
  z.object({ id, call: z.literal('open'), token: tokenIdentitySchema, pin: bytes.nullable() }),
  z.object({
    id,
    call: z.literal('sign'),
    session: z.number().int(),
    certificateId,
    algorithm: signatureAlgorithmSchema,
    digest: bytes,
  }),
  z.object({
    id,
    call: z.literal('decrypt'),
    session: z.number().int(),
    certificateId,
    algorithm: z.enum(decryptionAlgorithms),
    ciphertext: bytes,
  }),
  z.object({ id, call: z.literal('close'), session: z.number().int() }),
  z.object({ id, call: z.literal('changePin'), token: tokenIdentitySchema, oldPin: bytes, newPin: bytes }),
  z.object({ id, call: z.literal('unlockPin'), token: tokenIdentitySchema, soPin: bytes, newPin: bytes }),
  z.object({ id, call: z.literal('ping') }),
  z.object({ id, call: z.literal('stop') }),
])
export type HelperRequest = z.infer<typeof requestSchema>
export type HelperCall = HelperRequest['call']
/** The arguments of a call, without the message number. */
export type CallArguments<C extends HelperCall> = Omit<Extract<HelperRequest, { call: C }>, 'id' | 'call'>

const librarySchema = z.object({
  manufacturer: z.string(),
  description: z.string(),
  version: z.string(),
  cryptokiVersion: z.string(),
})
const listedCertificateSchema = z.object({
  id: certificateId,
  keyId: z.string(),
  label: z.string(),
  der: bytes,
  keyType: z.enum(['rsa', 'ec', 'other']),
  keyBits: z.number().int(),
})
const listedTokenSchema = tokenIdentitySchema.extend({
  slotId: z.number().int(),
  manufacturer: z.string(),
  model: z.string(),
  readOnly: z.boolean(),
  hasPinPad: z.boolean(),
  pin: pinStateSchema,
  certificates: z.array(listedCertificateSchema),
})
export type ListedToken = z.infer<typeof listedTokenSchema>
const listingSchema = z.object({
  slots: z.array(z.object({ description: z.string(), tokenLabel: z.string().nullable() })),
  tokens: z.array(listedTokenSchema),
})
export type Listing = z.infer<typeof listingSchema>

/** What each call answers. A helper runs foreign code, so main checks its answers too. */
export const replySchemas = {
  load: librarySchema,
  list: listingSchema,
  mechanisms: z.array(z.string()),
  open: z.object({ session: z.number().int(), pin: pinStateSchema }),
  sign: bytes,
  decrypt: bytes,
  close: z.null(),
  changePin: z.object({ pin: pinStateSchema }),
  unlockPin: z.object({ pin: pinStateSchema }),
  ping: z.null(),
  stop: z.null(),
} as const satisfies Record<HelperCall, z.ZodType>
export type CallResult<C extends HelperCall> = z.infer<(typeof replySchemas)[C]>

export const replySchema = z.union([
  z.object({ id, value: z.unknown() }),
  z.object({
    id,
    error: z.object({
      code: z.string(),
      details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
    }),
  }),
])

/** Slots, tokens or PIN flags are no longer as last listed. */
export const CHANGED = { event: 'changed' } as const
