import path from 'node:path'
import { MakerDeb } from '@electron-forge/maker-deb'
import { MakerRpm } from '@electron-forge/maker-rpm'
import { MakerZIP } from '@electron-forge/maker-zip'
import { FusesPlugin } from '@electron-forge/plugin-fuses'
import { VitePlugin } from '@electron-forge/plugin-vite'
import { linkScheme } from './main/deep-link.ts'
import manifest from './package.json' with { type: 'json' }
import { configOf, entries, rendererConfig, rendererName } from './tools/setup/entries.mjs'
import { root } from './tools/setup/root.mjs'
import { checkFuses, fuseConfig } from './tools/setup/forge/fuses.mjs'
import { electronSource } from './tools/setup/forge/electron-source.mjs'
import { createIgnore, deleteForeignPrebuilds } from './tools/setup/forge/packaged-files.mjs'

const isRelease = process.env.YZT_RELEASE === '1'

const mimeType = [`x-scheme-handler/${linkScheme}`]
const icon = path.join(root, 'renderer', 'assets', 'icon.svg')

const linuxPackage = {
  name: manifest.name,
  bin: manifest.name,
  productName: manifest.productName,
  genericName: 'Certificates and signatures for public tenders',
  description: manifest.description,
  // The installers take a map of sizes; the makers' types know one picture only.
  icon: { scalable: icon } as unknown as string,
  categories: ['Office' as const],
  mimeType,
}

const debOptions = {
  ...linuxPackage,
  maintainer: manifest.author,
  section: 'utils' as const,
  // xz takes minutes for a tenth less
  compression: isRelease ? 'xz' : 'gzip',
}

const executableIn = (folder: string, platform: string): string => {
  if (platform === 'darwin') return path.join(folder, `${manifest.productName}.app`)
  return path.join(folder, platform === 'win32' ? `${manifest.name}.exe` : manifest.name)
}

const config = {
  // The variant with an open inspector must never lie where installers are taken from.
  outDir: path.join(root, process.env.YZT_E2E_BUILD === '1' ? 'out/e2e-build' : 'out'),
  packagerConfig: {
    ...electronSource(process.env),
    name: manifest.productName,
    executableName: manifest.name,
    appBundleId: 'cn.zhongbiao.yizhengtong',
    protocols: [{ name: manifest.productName, schemes: [linkScheme] }],
    asar: { unpack: '**/*.node' },
    ignore: createIgnore(),
    // `ignore` has kept exactly what is needed.
    prune: false,
  },
  // N-API: the binaries for Node are those for Electron.
  rebuildConfig: { onlyModules: [] },
  makers: [
    new MakerDeb({ options: debOptions }),
    new MakerRpm({ options: { ...linuxPackage, license: manifest.license, compressionLevel: isRelease ? 9 : 1 } }),
    new MakerZIP({}, ['linux', 'darwin', 'win32']),
  ],
  plugins: [
    new VitePlugin({
      build: entries.map(({ name, source, target }) => ({
        entry: { [name]: source },
        config: configOf[target],
        target: target === 'preload' ? ('preload' as const) : ('main' as const),
      })),
      renderer: [{ name: rendererName, config: rendererConfig }],
      concurrent: 2,
    }),
    new FusesPlugin(fuseConfig(process.env)),
  ],
  hooks: {
    packageAfterCopy: (_config: unknown, folder: string, _version: string, platform: string, arch: string) => {
      deleteForeignPrebuilds(folder, platform, arch)
      return Promise.resolve()
    },
    postPackage: async (_config: unknown, { outputPaths, platform }: { outputPaths: string[]; platform: string }) => {
      for (const folder of outputPaths) await checkFuses(executableIn(folder, platform), process.env)
    },
  },
}

export default config
