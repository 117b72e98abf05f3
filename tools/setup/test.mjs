/** `npm test`: install, then every check and test on Node 24. */
import { install, main } from './install.mjs'
import { handOver } from './run.mjs'

await main(async () => {
  await install('test')
  return handOver('tools/setup/test/run.ts', process.argv.slice(2))
})
