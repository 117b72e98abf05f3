import * as z from 'zod'
import { certificateSummarySchema } from './certificates.ts'
import {
  bridgeStateSchema,
  consentViewSchema,
  diagnosisStepSchema,
  driverReportSchema,
  grantViewSchema,
  journalEntrySchema,
  platformSchema,
  sealSchema,
  settingsSchema,
} from './client.ts'
import { keyringSchema } from './keys.ts'
import { certificateIdSchema, operationIdSchema, scopeSchema, sealIdSchema } from './operations.ts'

export const windowKinds = ['main', 'consent', 'viewer'] as const
export type WindowKind = (typeof windowKinds)[number]

interface CallDefinition {
  /** Windows that may make the call; main checks the sender's frame against it. */
  readonly windows: readonly WindowKind[]
  readonly input: z.ZodType
  readonly output: z.ZodType
}

const nothing = z.void()
/** A PIN is bytes, never a string: main overwrites it after use. 1 to 64 bytes of UTF-8. */
const pin = z.instanceof(Uint8Array<ArrayBufferLike>).refine((bytes) => bytes.length >= 1 && bytes.length <= 64)
const bytes = z.instanceof(Uint8Array<ArrayBufferLike>)
const picture = z.object({ mediaType: z.string(), bytes })

const call = <Input extends z.ZodType, Output extends z.ZodType>(
  windows: readonly WindowKind[],
  input: Input,
  output: Output,
) => ({ windows, input, output })

/** Renderer → main. One name each; a missing handler does not compile (`main/ipc`). */
export const calls = {
  'program.info': call(
    ['main'],
    nothing,
    z.object({
      version: z.string(),
      electron: z.string(),
      platform: z.string(),
      dataPath: z.string(),
      /** An example platform is there to be opened. */
      hasDemo: z.boolean(),
    }),
  ),
  'program.openDemo': call(['main'], nothing, nothing),
  'settings.get': call(['main', 'consent'], nothing, settingsSchema),
  'settings.set': call(['main'], settingsSchema.partial(), settingsSchema),

  'keyring.get': call(['main'], nothing, keyringSchema),
  'keyring.refresh': call(['main'], nothing, keyringSchema),
  'certificates.list': call(['main'], nothing, z.array(certificateSummarySchema)),
  'certificates.export': call(
    ['main'],
    z.strictObject({ id: certificateIdSchema, format: z.enum(['pem', 'der']) }),
    z.object({ path: z.string().nullable() }),
  ),
  'keys.changePin': call(['main'], z.strictObject({ tokenId: z.string(), oldPin: pin, newPin: pin }), nothing),
  'keys.unlockPin': call(['main'], z.strictObject({ tokenId: z.string(), adminPin: pin, newPin: pin }), nothing),
  /** Asks for a file by the system's dialog, so that a path never comes from a page (R15). */
  'drivers.choose': call(['main'], nothing, driverReportSchema.nullable()),
  'drivers.add': call(['main'], z.strictObject({ path: z.string(), name: z.string().max(100) }), nothing),
  'drivers.remove': call(['main'], z.strictObject({ id: z.string() }), nothing),

  'bridge.state': call(['main'], nothing, bridgeStateSchema),
  'bridge.retry': call(['main'], nothing, bridgeStateSchema),
  'grants.list': call(['main'], nothing, z.array(grantViewSchema)),
  'grants.revoke': call(['main'], z.strictObject({ id: z.string() }), nothing),
  'platforms.list': call(['main'], nothing, z.array(platformSchema)),

  'journal.list': call(
    ['main'],
    z.strictObject({ before: z.number().int().nullable(), limit: z.number().int().min(1).max(200) }),
    z.array(journalEntrySchema),
  ),
  'journal.verify': call(
    ['main'],
    nothing,
    z.object({ isIntact: z.boolean(), entries: z.number().int(), brokenAt: z.number().int().nullable() }),
  ),
  'journal.export': call(['main'], nothing, z.object({ path: z.string().nullable() })),

  'seals.list': call(['main'], nothing, z.array(sealSchema)),
  /** Opens the system's file dialog; null when cancelled. */
  'seals.add': call(
    ['main'],
    z.strictObject({ name: z.string().min(1).max(60), widthMm: z.number().min(5).max(200) }),
    sealSchema.nullable(),
  ),
  'seals.remove': call(['main'], z.strictObject({ id: sealIdSchema }), nothing),
  'seals.picture': call(['main', 'consent'], z.strictObject({ id: sealIdSchema }), picture),

  'diagnosis.run': call(['main'], nothing, z.array(diagnosisStepSchema)),
  'diagnosis.export': call(['main'], nothing, z.object({ path: z.string().nullable() })),

  'consent.get': call(['consent'], nothing, consentViewSchema.nullable()),
  /** A rendered page, PNG; made in the sandboxed viewer window, never in this one. */
  'consent.page': call(
    ['consent'],
    z.strictObject({
      documentId: z.string(),
      page: z.number().int().min(1),
      width: z.number().int().min(50).max(3000),
    }),
    z.object({ png: bytes, widthMm: z.number(), heightMm: z.number() }),
  ),
  'consent.chooseSeal': call(
    ['consent'],
    z.strictObject({ operationId: operationIdSchema, sealId: sealIdSchema.nullable() }),
    consentViewSchema,
  ),
  'consent.approve': call(
    ['consent'],
    z.strictObject({
      operationId: operationIdSchema,
      certificateId: certificateIdSchema.nullable(),
      sealId: sealIdSchema.nullable(),
      pin: pin.nullable(),
      /** For a grant: what the person left ticked. */
      scopes: z.array(scopeSchema).nullable(),
    }),
    nothing,
  ),
  'consent.reject': call(['consent'], z.strictObject({ operationId: operationIdSchema }), nothing),
  'consent.close': call(['consent'], nothing, nothing),

  /** The viewer reads the document piece by piece and hands back pictures. */
  'viewer.read': call(
    ['viewer'],
    z.strictObject({
      documentId: z.string(),
      offset: z.number().int().min(0),
      length: z
        .number()
        .int()
        .min(1)
        .max(4 * 1024 * 1024),
    }),
    bytes,
  ),
  'viewer.ready': call(['viewer'], nothing, nothing),
  'viewer.answer': call(
    ['viewer'],
    z.strictObject({
      requestId: z.number().int(),
      result: z.discriminatedUnion('ok', [
        z.strictObject({ ok: z.literal(true), png: bytes, widthMm: z.number(), heightMm: z.number() }),
        z.strictObject({ ok: z.literal(false), reason: z.string().max(500) }),
      ]),
    }),
    nothing,
  ),
} as const satisfies Record<string, CallDefinition>

export type Calls = typeof calls
export type CallName = keyof Calls
export type CallInput<Name extends CallName> = z.infer<Calls[Name]['input']>
export type CallOutput<Name extends CallName> = z.infer<Calls[Name]['output']>

export type CallResult<Value> =
  | { readonly ok: true; readonly value: Value }
  | {
      readonly ok: false
      readonly error: { readonly code: string; readonly details: Record<string, string | number | boolean | null> }
    }

/** Main → renderer. `changed` events carry no data: the window asks again. */
export const events = {
  'keyring.changed': { windows: ['main'], payload: nothing },
  'bridge.changed': { windows: ['main'], payload: nothing },
  'journal.changed': { windows: ['main'], payload: nothing },
  'grants.changed': { windows: ['main'], payload: nothing },
  'seals.changed': { windows: ['main'], payload: nothing },
  'settings.changed': { windows: ['main', 'consent'], payload: nothing },
  navigate: { windows: ['main'], payload: z.object({ path: z.string() }) },
  'consent.changed': { windows: ['consent'], payload: nothing },
  'viewer.render': {
    windows: ['viewer'],
    payload: z.object({
      requestId: z.number().int(),
      documentId: z.string(),
      size: z.number().int(),
      page: z.number().int(),
      width: z.number().int(),
    }),
  },
} as const satisfies Record<string, { windows: readonly WindowKind[]; payload: z.ZodType }>

export type Events = typeof events
export type EventName = keyof Events
export type EventPayload<Name extends EventName> = z.infer<Events[Name]['payload']>

/** What each preload exposes as `window.yzt`. */
export interface WindowApi {
  readonly call: <Name extends CallName>(name: Name, input: CallInput<Name>) => Promise<CallResult<CallOutput<Name>>>
  readonly on: <Name extends EventName>(name: Name, listener: (payload: EventPayload<Name>) => void) => () => void
}
