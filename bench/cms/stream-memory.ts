import process from 'node:process'
import { createTestChain } from '#pki/testing/test-ca.ts'
import { signStream } from '#pki/cms/sign-stream.ts'
import { verifySignedDataStream } from '#pki/cms/verify-stream.ts'
import { memoryOf } from '../harness/memory.ts'

/** Signs 500 MiB as a stream and verifies it on the way, in a process of its own: prints the growth of memory in MiB. */
const SIZE = 500 * 1024 * 1024
const { root, issuing, signer } = createTestChain('P-256')

async function* content(): AsyncGenerator<Uint8Array, void> {
  const piece = new Uint8Array(1024 * 1024).fill(7)
  for (let sent = 0; sent < SIZE; sent += piece.length) yield await Promise.resolve(piece)
}

const run = (size: AsyncIterable<Uint8Array>) =>
  verifySignedDataStream(
    signStream({
      content: size,
      profile: 'cms',
      signers: [
        {
          certificate: signer.certificate,
          chain: [issuing.certificate],
          algorithm: 'ecdsa-sha256',
          sign: ({ algorithm, toBeSigned }) => Promise.resolve(signer.key.sign(algorithm, toBeSigned)),
        },
      ],
    }),
    { anchors: [root.certificate] },
  )

const before = memoryOf('self').now
const report = await run(content())
if (!report.isValid) throw new Error('the message does not hold')
console.log(memoryOf('self').peak - before)
process.exit(0)
