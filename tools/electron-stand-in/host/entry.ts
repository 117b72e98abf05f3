import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import mainWorld from 'virtual:page/main-world'
import preloadWorld from 'virtual:page/preload-world'
import electronVersion from 'virtual:electron/version'
import { boot } from './boot.ts'

const folder = dirname(fileURLToPath(import.meta.url))
const executable = process.env.ELECTRON_STAND_IN_EXECUTABLE ?? join(folder, '..', 'electron')
delete process.env.ELECTRON_STAND_IN_EXECUTABLE

await boot({
  electronVersion,
  executable,
  resources: join(dirname(executable), 'resources'),
  mainWorld,
  preloadWorld,
  folder,
})
