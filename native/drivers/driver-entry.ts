import * as z from 'zod'

/**
 * Paths are absolute; `{system}` is Windows' System32, `{programs}` Program
 * Files, `{libraries}` each of the directories where Linux distributions put libraries of the architecture.
 */
const pathsSchema = z.record(
  z.string().regex(/^(win32|darwin|linux)-(x64|ia32|arm64|loong64)$/),
  z.array(z.string().min(1)),
)

export const driverEntrySchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/),
  name: z.string().min(1),
  vendor: z.string().min(1),
  /** `<platform>-<arch>` → candidate files, the newest first. */
  paths: pathsSchema,
  usb: z.array(z.strictObject({ vendorId: z.number().int(), productId: z.number().int() })),
  /** Answer to reset, hex; for cards that show themselves through PC/SC. */
  atrs: z.array(z.string().regex(/^3[BF]([0-9A-F]{2})+$/)),
  /** Where the facts come from. */
  source: z.string().min(1),
  /** What is known to go wrong. */
  note: z.string().optional(),
})
export type DriverEntry = z.infer<typeof driverEntrySchema>
