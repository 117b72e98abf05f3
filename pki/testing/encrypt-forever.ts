/** A process that encrypts one bid after the other into files beside the given name, until it is killed. */
import { randomBytes } from 'node:crypto'
import { open, rename, rm, writeFile } from 'node:fs/promises'

import { encryptBid } from '../envelope/encrypt-bid.ts'
import { bufferSource } from '../io/byte-source.ts'
import { createFileSink } from '../io/file-sink.ts'
import { issueRecipient } from './recipient.ts'

const [prefix = ''] = process.argv.slice(2)
const recipient = issueRecipient('sm2')
const source = bufferSource(new Uint8Array(randomBytes(4_000_000)))

process.stdout.write('begun\n')
for (let count = 0; ; count++) {
  const name = `${prefix}-${count}`
  await encryptBid({
    source,
    target: createFileSink({
      handle: await open(`${name}.part`, 'wx+'),
      publish: () => rename(`${name}.part`, `${name}.bid`),
      remove: () => rm(`${name}.part`, { force: true }),
    }),
    recipients: [{ certificate: recipient.certificate }],
    profile: 'gm',
    trialKey: recipient,
    now: new Date(),
    openingTime: null,
    record: (manifest) => writeFile(`${name}.json`, JSON.stringify(manifest)),
  })
}
