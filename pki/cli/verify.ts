import { open } from 'node:fs/promises'

import * as z from 'zod'

import { fromBase64Url, toLatin1 } from '../bytes/encodings.ts'
import type { TrustOptions } from '../cms/trust.ts'
import { verifyCadesStream } from '../cades/verify.ts'
import { createFileSource } from '../io/file-source.ts'
import { readPem } from '../keys/pem.ts'
import { verifyLoginToken } from '../login-token/verify.ts'
import { verifyPdf } from '../pdf/verify.ts'
import { onlyFile, textOf, UsageError } from './arguments.ts'
import type { Arguments } from './arguments.ts'
import { loadBytes } from './files.ts'
import { judged } from './outcome.ts'
import type { Outcome } from './outcome.ts'
import { certificateName, cadesResult, pathResult } from './reports.ts'
import { fileSink, once, streamFile } from './streams.ts'
import { checked, loadTrust, trustFields, trustOf } from './trust.ts'

const schema = z.strictObject({
  /** A CMS or GB/T 35275 message, a PDF, or a login token. */
  message: z.string(),
  /** What a detached message is over. */
  content: z.string().optional(),
  /** Where attached content is to be left when the message is valid. */
  out: z.string().optional(),
  /** Of a login token: whom it must be for, and the challenge as base64url. */
  origin: z.string().optional(),
  challenge: z.string().optional(),
  ...trustFields,
})
type Case = z.infer<typeof schema>

const headOf = async (reference: string): Promise<string> => {
  if (/^(base64:|-----BEGIN )/.test(reference)) return toLatin1(await loadBytes(reference))
  const handle = await open(reference)
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(1024), 0, 1024, 0)
    return toLatin1(buffer.subarray(0, bytesRead))
  } finally {
    await handle.close()
  }
}

/** A message in PEM is decoded; DER and BER go through as a stream. */
const messageStream = async (reference: string, head: string): Promise<AsyncIterable<Uint8Array>> => {
  if (!head.includes('-----BEGIN ')) return streamFile(reference)
  const [block] = readPem(await loadBytes(reference), 'signature.malformed')
  if (block === undefined) throw new UsageError(`${reference}: no PEM block`)
  return once(block.der)
}

const verifyCms = async (given: Case, head: string, trust: TrustOptions): Promise<Outcome> => {
  const sink = given.out === undefined ? null : await fileSink(given.out)
  try {
    const report = await verifyCadesStream(await messageStream(given.message, head), {
      ...trust,
      ...(given.content === undefined ? {} : { content: streamFile(given.content) }),
      ...(sink === null ? {} : { onContent: (chunk: Uint8Array) => sink.write(chunk) }),
    })
    // Nobody is to use content that was not found good.
    await (report.isValid ? sink?.commit() : sink?.abort())
    return judged(report.isValid, { kind: 'cms', ...cadesResult(report) })
  } catch (error) {
    await sink?.abort()
    throw error
  }
}

const verifyPdfFile = async (reference: string, trust: TrustOptions): Promise<Outcome> => {
  const handle = await open(reference)
  try {
    const report = await verifyPdf(createFileSource(handle, (await handle.stat()).size), trust)
    return judged(report.verdict === 'valid', {
      kind: 'pdf',
      verdict: report.verdict,
      signatures: report.signatures.map(({ certificate, chain, changes, ...signature }) => ({
        ...signature,
        certificate: certificate === null ? null : certificateName(certificate),
        path: chain === null ? null : pathResult(chain),
        changes: changes.length,
      })),
    })
  } finally {
    await handle.close()
  }
}

const verifyToken = ({ origin, challenge }: Case, token: string, trust: TrustOptions): Outcome => {
  if (origin === undefined || challenge === undefined) {
    throw new UsageError('a login token is verified with origin and challenge')
  }
  const { at, anchors } = trust
  const report = verifyLoginToken(token.trim(), {
    origin,
    challenge: fromBase64Url(challenge),
    anchors,
    ...(at === undefined ? {} : { now: at }),
  })
  return judged(report.isValid, {
    kind: 'login_token',
    ...(report.isValid
      ? { certificate: certificateName(report.certificate), time: report.time.toISOString() }
      : { problem: report.problem, reason: report.reason }),
    path: report.chain === null ? null : pathResult(report.chain),
  })
}

const isLoginToken = (head: string): boolean => /^eyJ[\w-]+\.?/.test(head)

const verifyKind = async (given: Case, trust: TrustOptions): Promise<Outcome> => {
  const { message } = given
  const head = await headOf(message)
  if (head.includes('%PDF-')) return verifyPdfFile(message, trust)
  if (isLoginToken(head)) return verifyToken(given, new TextDecoder().decode(await loadBytes(message)), trust)
  return verifyCms(given, head, trust)
}

export const verifyCase = async (fields: unknown): Promise<Outcome> => {
  const { message, content, out, origin, challenge, ...trust } = checked(schema, fields)
  const given = { message, content, out, origin, challenge, ...trust } as Case
  const { trust: loaded, ignored } = await loadTrust(trust)
  const outcome = await verifyKind(given, loaded)
  return ignored.length === 0 ? outcome : { ...outcome, result: { ...outcome.result, ignored } }
}

export const verifyCommand = (given: Arguments): Promise<Outcome> => {
  const own = Object.fromEntries(
    ['content', 'out', 'origin', 'challenge'].flatMap((name) => {
      const value = textOf(given, name)
      return value === undefined ? [] : [[name, value]]
    }),
  )
  return verifyCase({ message: onlyFile(given), ...own, ...trustOf(given) })
}
