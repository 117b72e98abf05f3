import { existsSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import * as z from 'zod'
import type { Computer } from './architecture.ts'
import type { DriverConfig } from './driver-config.ts'
import { chineseDrivers } from './drivers/chinese.ts'
import { internationalDrivers } from './drivers/international.ts'
import { openSourceDrivers } from './drivers/open-source.ts'

/**
 * The PKCS#11 modules this program knows. Paths are absolute; `{system}` is Windows' System32, `{programs}` Program
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
export type DriverPlatform = `${'win32' | 'darwin' | 'linux'}-${'x64' | 'ia32' | 'arm64' | 'loong64'}`

export const driverMap: readonly DriverEntry[] = [...chineseDrivers, ...internationalDrivers, ...openSourceDrivers]

const LINUX_LIBRARIES: Readonly<Record<string, readonly string[]>> = {
  x64: ['/usr/lib/x86_64-linux-gnu', '/usr/lib64', '/usr/lib', '/usr/local/lib'],
  arm64: ['/usr/lib/aarch64-linux-gnu', '/usr/lib64', '/usr/lib', '/usr/local/lib'],
  loong64: ['/usr/lib/loongarch64-linux-gnu', '/usr/lib64', '/usr/lib', '/usr/local/lib'],
  ia32: ['/usr/lib/i386-linux-gnu', '/usr/lib', '/usr/local/lib'],
}

/** The files a path of the map means on a computer. */
export const expandPath = (template: string, arch: string, environment: NodeJS.ProcessEnv = process.env): string[] => {
  if (template.startsWith('{libraries}')) {
    return (LINUX_LIBRARIES[arch] ?? []).map((directory) => template.replace('{libraries}', directory))
  }
  const system = path.win32.join(environment.SystemRoot ?? 'C:\\Windows', 'System32')
  const programs = environment.ProgramFiles ?? 'C:\\Program Files'
  return [template.replace('{system}', system).replace('{programs}', programs)]
}

/** The part of the map that is for this computer, as configurations of the token host. */
export const driversForComputer = (
  { platform, arch }: Computer = { platform: process.platform, arch: os.arch() },
  exists: (file: string) => boolean = existsSync,
): DriverConfig[] =>
  driverMap.flatMap(({ id, name, vendor, paths, usb }) => {
    const candidates = (paths[`${platform}-${arch}`] ?? []).flatMap((template) => expandPath(template, arch))
    if (candidates.length === 0) return []
    // Drivers without a USB id cannot be missed by anybody: they are only of interest where they are installed.
    if (usb.length === 0 && !candidates.some(exists)) return []
    return [{ id, name, vendor, origin: 'shipped' as const, paths: candidates, usb }]
  })
