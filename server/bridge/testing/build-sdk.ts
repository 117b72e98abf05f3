import { basename, dirname, join } from 'node:path'
import { build, loadConfigFromFile, mergeConfig, type ConfigEnv } from 'vite'

const root = join(import.meta.dirname, '..', '..', '..')

/** The SDK as the product builds it (vite.page.config.mts), written to a file of the test's choice. */
export const buildSdk = async (file: string): Promise<void> => {
  const env: ConfigEnv & { forgeConfigSelf: object } = {
    command: 'build',
    mode: 'production',
    forgeConfigSelf: { entry: { [basename(file, '.js')]: 'server/bridge/sdk/sdk.ts' } },
  }
  const loaded = await loadConfigFromFile(env, join(root, 'vite.page.config.mts'), root, 'error')
  if (loaded === null) throw new Error('vite.page.config.mts cannot be loaded')
  const config = mergeConfig(loaded.config, { root, configFile: false, logLevel: 'warn', publicDir: false })
  await build(mergeConfig(config, { build: { outDir: dirname(file) } }))
}
