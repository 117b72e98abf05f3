import { open, rename, rm } from 'node:fs/promises'

import type { SignatureAlgorithm } from '#contract/keys.ts'
import { parseSchemeName, signatureAlgorithmOf } from '../algorithms/signature-scheme.ts'
import { signStream } from '../cms/sign-stream.ts'
import { createFileSource } from '../io/file-source.ts'
import type { KeyPort } from '../keys/private-key.ts'
import { signPdf } from '../pdf/sign-stream.ts'
import { isSet, onlyFile, required, textOf, UsageError } from './arguments.ts'
import type { Arguments } from './arguments.ts'
import { loadHolder } from './files.ts'
import type { Holder } from './files.ts'
import { done } from './outcome.ts'
import type { Outcome } from './outcome.ts'
import { streamFile, writeAll } from './streams.ts'

const usual: Record<KeyPort['kind'], SignatureAlgorithm> = {
  rsa: 'rsa-pkcs1-sha256',
  ec: 'ecdsa-sha256',
  sm2: 'sm2-sm3',
}

/** The one asked for, or the usual one of the key. @throws UsageError */
export const algorithmFor = (given: Arguments, { key }: Holder): SignatureAlgorithm => {
  const name = textOf(given, 'algorithm')
  if (name === undefined) return usual[key.kind]
  const scheme = parseSchemeName(name)
  if (scheme === undefined) throw new UsageError(`--algorithm ${name}: not known`)
  return signatureAlgorithmOf(scheme)
}

const signPdfFile = async (
  file: string,
  out: string,
  holder: Holder,
  algorithm: SignatureAlgorithm,
): Promise<number> => {
  const { key, certificate, chain } = holder
  const source = await open(file)
  const draft = `${out}.part`
  const target = await open(draft, 'w', 0o600)
  try {
    const signed = await signPdf({
      source: createFileSource(source, (await source.stat()).size),
      sink: async (chunk) => {
        await target.writeFile(chunk)
      },
      certificate,
      chain,
      algorithm,
      placements: [],
      image: null,
      sign: ({ toBeSigned }) => key.sign(algorithm, toBeSigned),
    })
    await target.write(signed.patch.bytes, 0, signed.patch.bytes.length, signed.patch.offset)
    await target.sync()
    await target.close()
    await rename(draft, out)
    return signed.size
  } catch (error) {
    await target.close()
    await rm(draft, { force: true })
    throw error
  } finally {
    await source.close()
  }
}

/** CMS (`cms`), GB/T 35275 (`gm`) or a signature inside a PDF (`pdf`). */
export const signCommand = async (given: Arguments): Promise<Outcome> => {
  const [file, out] = [onlyFile(given), required(given, 'out')]
  const format = textOf(given, 'format') ?? 'cms'
  const holder = await loadHolder(given)
  const { key, certificate, chain } = holder
  const algorithm = algorithmFor(given, holder)
  const at = textOf(given, 'at')
  try {
    if (format === 'pdf') return done({ out, algorithm, size: await signPdfFile(file, out, holder, algorithm) })
    if (format !== 'cms' && format !== 'gm') throw new UsageError(`--format ${format}: cms, gm or pdf`)
    const message = signStream({
      content: streamFile(file),
      profile: format,
      isDetached: isSet(given, 'detached'),
      signers: [
        {
          ...{ certificate, chain, algorithm },
          ...(at === undefined ? {} : { signingTime: new Date(at) }),
          sign: ({ toBeSigned }) => key.sign(algorithm, toBeSigned),
        },
      ],
    })
    return done({ out, algorithm, size: await writeAll(out, message) })
  } finally {
    key.erase()
  }
}
