/** `npm start` and `npm run dev`: install, then start/run.ts on Node 24. */
import { install, main } from './install.mjs'
import { handOver } from './run.mjs'

await main(async () => {
  await install('start')
  return handOver('tools/setup/start/run.ts', process.argv.slice(2))
})
