import { existsSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type { Computer } from './architecture.ts'
import type { DriverConfig } from './driver-config.ts'
import type { DriverEntry } from './drivers/driver-entry.ts'
import { chineseDrivers } from './drivers/chinese.ts'
import { internationalDrivers } from './drivers/international.ts'
import { openSourceDrivers } from './drivers/open-source.ts'

/** The PKCS#11 modules this program knows. */
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
