import type { FuseConfig } from '@electron/fuses'

export function fuseConfig(env: Record<string, string | undefined>): FuseConfig
export function checkFuses(executable: string, env: Record<string, string | undefined>): Promise<void>
