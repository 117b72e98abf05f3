import { rm } from 'node:fs/promises'
import path from 'node:path'
import { createDemoTokens } from '#tools/softhsm/tokens.ts'
import type { DemoTokens } from '#tools/softhsm/tokens.ts'
import { helperBundles } from '../harness/bundle.ts'
import { workplace } from '../harness/places.ts'
import { startHost } from './host-process.ts'
import type { HostProcess } from './host-process.ts'

/** Memory in place of a disk, for what the program itself costs where others use the disk too. */
export const memoryFolder = '/dev/shm/yzt-bench'

/** Four tokens and a host with an empty store. */
export const openHost = async (
  directory: string = path.join(workplace, 'store'),
): Promise<{ demo: DemoTokens; host: HostProcess }> => {
  const demo = await createDemoTokens(path.join(workplace, 'tokens'), { tokens: 4 })
  await rm(directory, { recursive: true, force: true })
  const { modulePath, env, caChainPem } = demo
  const pin = demo.tokens[0]?.pin ?? ''
  return { demo, host: await startHost({ directory, modulePath, env, caChainPem, pin, ...(await helperBundles()) }) }
}
