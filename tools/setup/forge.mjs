/** `npm run package` and `npm run make`: Electron Forge on Node 24, with the stand-in where Electron cannot be fetched. */
import { install, main } from './install.mjs'
import { handOver } from './run.mjs'

await main(async () => {
  await install('start')
  return handOver('tools/setup/forge/run.ts', process.argv.slice(2))
})
