import { lstatSync, readFileSync } from 'node:fs'
import path from 'node:path'
import * as z from 'zod'
import { platformSchema } from '#contract/client.ts'

/**
 * What a developer, a test or an installer may add from outside, as one JSON file named by `YZT_DEMO_FILE`.
 *
 * It can name driver modules, so it is as powerful as the user's own choice in the settings, and no more: the file must
 * be absolute, a regular file (no link), owned by the user who runs the program and writable by nobody else. Whoever can
 * set this process's environment and owns such a file can already change the settings. It is read by an environment
 * variable only, never by a command-line switch: a `yzt://` link reaches the command line on Windows.
 */
const absolute = z.string().refine((value) => path.isAbsolute(value), 'an absolute path')

const demoSchema = z.strictObject({
  drivers: z
    .array(
      z.strictObject({
        id: z.string().regex(/^[a-z0-9-]{1,60}$/),
        name: z.string().max(100),
        vendor: z.string().max(100).default(''),
        path: absolute,
        /** For the helper process. Nothing that changes how a process loads code. */
        env: z
          .record(
            z.string().regex(/^(SOFTHSM2_CONF|OPENSC_CONF|PKCS11SPY|PKCS11SPY_OUTPUT|YZT_[A-Z0-9_]+)$/),
            z.string(),
          )
          .default({}),
      }),
    )
    .default([]),
  /** Use these drivers only, not the shipped map. */
  isolated: z.boolean().default(false),
  platforms: z.array(platformSchema).default([]),
  /** Added once, when there is no seal yet. */
  seal: z
    .strictObject({ name: z.string().min(1).max(60), path: absolute, widthMm: z.number().min(5).max(200) })
    .optional(),
  /** PEM files of certification authorities; self-signed ones are trusted. */
  authorities: z.array(absolute).default([]),
  /** The example platform's page, for the button on the home screen. */
  demoUrl: z.url({ protocol: /^http$/, hostname: /^(localhost|127\.0\.0\.1)$/ }).optional(),
  /** Pages on http://localhost:* and http://127.0.0.1:* may ask for grants. */
  allowLoopbackOrigins: z.boolean().default(false),
  /** Ports of the bridge in place of the usual ones. */
  bridgePorts: z.array(z.number().int().min(0).max(65_535)).min(1).optional(),
})
export type DemoConfig = z.infer<typeof demoSchema>

export const noDemo: DemoConfig = demoSchema.parse({})

/** Why a file named by the environment is not used. */
export class ConfigRefused extends Error {}

const checkOwner = (file: string) => {
  if (!path.isAbsolute(file)) throw new ConfigRefused('the path is not absolute')
  const status = lstatSync(file)
  if (!status.isFile()) throw new ConfigRefused('not a regular file')
  if (process.getuid === undefined) return
  if (status.uid !== process.getuid()) throw new ConfigRefused('it belongs to another user')
  if ((status.mode & 0o022) !== 0) throw new ConfigRefused('others may write to it')
}

export const readDemoFile = (file: string | undefined): DemoConfig => {
  if (file === undefined || file === '') return noDemo
  try {
    checkOwner(file)
    return demoSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch (error) {
    if (error instanceof ConfigRefused) throw new ConfigRefused(`YZT_DEMO_FILE is refused: ${error.message}`)
    if (error instanceof z.ZodError) throw new ConfigRefused(`YZT_DEMO_FILE is refused: ${z.prettifyError(error)}`)
    throw new ConfigRefused('YZT_DEMO_FILE is refused: it cannot be read', { cause: error })
  }
}
