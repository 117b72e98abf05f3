import type { LookUpCaller } from './caller.ts'
import { lookUpLinuxCaller } from './caller-linux.ts'
import { lookUpMacCaller } from './caller-macos.ts'
import { lookUpWindowsCaller } from './caller-windows.ts'

const nobodyTells: LookUpCaller = () => Promise.resolve('unknown')

export const lookUpCallerOf = (platform: NodeJS.Platform): LookUpCaller => {
  if (platform === 'linux') return lookUpLinuxCaller
  if (platform === 'darwin') return lookUpMacCaller
  if (platform === 'win32') return lookUpWindowsCaller
  return nobodyTells
}
