import { createReadStream } from 'node:fs'
import { writeFile } from 'node:fs/promises'

import { randomBytes } from '#platform'

import { digestAlgorithms } from '#contract/keys.ts'
import type { DigestAlgorithm } from '#contract/keys.ts'
import { createDigest } from '../algorithms/digest.ts'
import { toHex } from '../bytes/encodings.ts'
import { readTimestampResponse } from '../time/response.ts'
import { answerTimestampRequest } from '../time/responder.ts'
import { createTimestampRequest } from '../time/request.ts'
import { verifyTimestampToken } from '../time/token.ts'
import { listOf, required, textOf, UsageError } from './arguments.ts'
import type { Arguments } from './arguments.ts'
import { loadBytes, loadHolder } from './files.ts'
import { done, judged } from './outcome.ts'
import type { Outcome } from './outcome.ts'
import { certificateName, pathResult } from './reports.ts'
import { algorithmFor } from './sign.ts'
import { checked, loadTrust, trustOf, trustSchema } from './trust.ts'

const digestFile = async (algorithm: DigestAlgorithm, file: string): Promise<Uint8Array> => {
  const hash = createDigest(algorithm)
  for await (const chunk of createReadStream(file) as AsyncIterable<Uint8Array>) hash.update(chunk)
  return hash.digest()
}

const algorithmNamed = (name: string): DigestAlgorithm => {
  const found = digestAlgorithms.find((algorithm) => algorithm === name)
  if (found === undefined) throw new UsageError(`--digest ${name}: one of ${digestAlgorithms.join(', ')}`)
  return found
}

const request = async (given: Arguments, file: string): Promise<Outcome> => {
  const out = required(given, 'out')
  const algorithm = algorithmNamed(textOf(given, 'digest') ?? 'sha256')
  const [policy] = listOf(given, 'policy') ?? []
  const digest = await digestFile(algorithm, file)
  const { der, nonce } = createTimestampRequest({ algorithm, digest, ...(policy === undefined ? {} : { policy }) })
  await writeFile(out, der)
  return done({ out, algorithm, digest: toHex(digest), nonce: toHex(nonce) })
}

/** A policy of no meaning beyond tests (the arc of examples, RFC 5612's kind). */
const TEST_POLICY = '1.2.3.4.1'

const reply = async (given: Arguments, file: string): Promise<Outcome> => {
  const out = required(given, 'out')
  const holder = await loadHolder(given)
  const { key, certificate, chain } = holder
  const algorithm = algorithmFor(given, holder)
  const [policy = TEST_POLICY] = listOf(given, 'policy') ?? []
  const at = textOf(given, 'at')
  try {
    const response = await answerTimestampRequest(await loadBytes(file), {
      ...{ certificate, chain, algorithm, policy, profile: 'cms' },
      sign: ({ toBeSigned }) => key.sign(algorithm, toBeSigned),
      now: () => (at === undefined ? new Date() : new Date(at)),
      nextSerial: () => Promise.resolve(randomBytes(16)),
    })
    await writeFile(out, response)
    const { status, failures } = readTimestampResponse(response)
    return status === 'granted' ? done({ out, status }) : judged(false, { out, status, failures })
  } finally {
    key.erase()
  }
}

const verify = async (given: Arguments, file: string): Promise<Outcome> => {
  const content = required(given, 'content')
  const { trust } = await loadTrust(checked(trustSchema, trustOf(given)))
  const bytes = await loadBytes(file)
  const { status, failures, token } = readTimestampResponse(bytes)
  if (token === null) return judged(false, { status, failures })
  const digests = new Map<DigestAlgorithm, Uint8Array>()
  for (const algorithm of digestAlgorithms) digests.set(algorithm, await digestFile(algorithm, content))
  const report = verifyTimestampToken(token, {
    ...trust,
    digest: (algorithm) => digests.get(algorithm),
  })
  const { certificate = null, chain = null } = report.signer ?? {}
  return judged(report.isValid, {
    status,
    problems: report.problems,
    time: report.info?.genTime.toISOString() ?? null,
    accuracyMilliseconds: report.info?.accuracy ?? null,
    policy: report.info?.policy ?? null,
    authority: certificate === null ? null : certificateName(certificate),
    path: chain === null ? null : pathResult(chain),
  })
}

const steps: Readonly<Record<string, (given: Arguments, file: string) => Promise<Outcome>>> = { request, reply, verify }

/** `timestamp request FILE`, `timestamp reply QUERY`, `timestamp verify RESPONSE --content FILE`. */
export const timestampCommand = (given: Arguments): Promise<Outcome> => {
  const [step = '', file, ...rest] = given.files
  const run = Object.hasOwn(steps, step) ? steps[step] : undefined
  if (run === undefined || file === undefined || rest.length > 0) {
    throw new UsageError('timestamp request FILE, timestamp reply QUERY or timestamp verify RESPONSE')
  }
  return run(given, file)
}
