/** `npm run demo`: install, then the main job by itself on Node 24. */
import { install, main } from './install.mjs'
import { handOver } from './run.mjs'

await main(async () => {
  await install('test')
  return handOver('tools/demo/run.ts', process.argv.slice(2))
})
