import { open, readFile, writeFile } from 'node:fs/promises'

import { AppError } from '#contract/errors.ts'
import { decryptBid } from '../envelope/decrypt-bid.ts'
import { encryptBid } from '../envelope/encrypt-bid.ts'
import { parseManifest } from '../envelope/manifest.ts'
import { profiles } from '../envelope/profiles.ts'
import type { EnvelopeProfile } from '../envelope/profiles.ts'
import { createFileSource } from '../io/file-source.ts'
import type { ByteSource } from '../io/byte-source.ts'
import type { Recipient } from '../cms/enveloped/recipients.ts'
import { textOf, UsageError } from './arguments.ts'
import type { Arguments } from './arguments.ts'
import type { Holder } from './files.ts'
import { done, judged } from './outcome.ts'
import type { Outcome } from './outcome.ts'
import { fileSink } from './streams.ts'

const withFile = async <T>(file: string, run: (source: ByteSource) => Promise<T>): Promise<T> => {
  const handle = await open(file)
  try {
    return await run(createFileSource(handle, (await handle.stat()).size))
  } finally {
    await handle.close()
  }
}

const profileOf = (given: Arguments): EnvelopeProfile => {
  const format = textOf(given, 'format') ?? 'cms'
  if (!Object.hasOwn(profiles, format)) throw new UsageError(`--format ${format}: cms or gm`)
  return format as EnvelopeProfile
}

/** `encrypt … --manifest FILE`: an envelope for a bid, tried before it is there, with its manifest beside it. */
export const encryptBidFile = (
  given: Arguments,
  { file, out, manifest: manifestFile }: { file: string; out: string; manifest: string },
  recipients: readonly Recipient[],
): Promise<Outcome> =>
  withFile(file, async (source) => {
    const opening = textOf(given, 'opening-time')
    const { manifest, warnings } = await encryptBid({
      source,
      target: await fileSink(out),
      recipients,
      profile: profileOf(given),
      trialKey: null,
      now: new Date(),
      openingTime: opening === undefined ? null : new Date(opening),
      record: (record) => writeFile(manifestFile, `${JSON.stringify(record, null, 2)}\n`, { mode: 0o600 }),
    })
    return done({ out, warnings, manifest })
  })

/** The message or its content is another than the manifest records: an answer, not a fault of the input. */
const mismatches: ReadonlySet<unknown> = new Set(['ciphertext_size', 'commitment', 'plaintext_digest'])

/** `decrypt … --manifest FILE`: nothing is left behind unless tag and manifest agree. */
export const decryptBidFile = (
  { file, out, manifest: manifestFile }: { file: string; out: string; manifest: string },
  key: Holder,
): Promise<Outcome> =>
  withFile(file, async (source) => {
    const manifest = parseManifest(await readFile(manifestFile, 'utf8'))
    try {
      return done({ out, size: await decryptBid({ source, sink: await fileSink(out), key, manifest }) })
    } catch (error) {
      if (error instanceof AppError && mismatches.has(error.details.reason)) {
        return judged(false, { error: error.code, details: error.details })
      }
      throw error
    }
  })
