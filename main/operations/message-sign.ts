import { hash } from 'node:crypto'
import type { ConsentSubject } from '#contract/client.ts'
import { AppError, toAppError } from '#contract/errors.ts'
import { digestOf } from '#contract/keys.ts'
import type { MessageSignRequest, OperationResult } from '#contract/operations.ts'
import { prepareSignedData } from '#pki/cms/prepare.ts'
import { findForeignProtocol } from '#pki/raw-message/raw-message.ts'
import type { Certificate } from '#pki/x509/certificate.ts'
import { previewMessage } from './message-preview.ts'
import type { Task, TaskSession } from './ports.ts'

export interface MessageSignPorts {
  readonly now: () => Date
  readonly chainOf: (leaf: Certificate) => readonly Certificate[]
}

/** Messages of a batch between intent and outcome at one moment: the key does not wait for the disk, nor the disk for it. */
const AHEAD = 4

/** R12: a raw signature over these bytes would be one of another protocol. Throws request.invalid before anybody is asked. */
const refuseForeign = (messages: readonly { bytes: Uint8Array }[]): void => {
  messages.forEach(({ bytes }, index) => {
    const protocol = findForeignProtocol(bytes)
    if (protocol !== null) {
      throw new AppError('request.invalid', { field: `body.messages.${index}.content`, issue: `raw_${protocol}` })
    }
  })
}

/** 消息签名. The bytes are decoded once, here: what is shown, journaled and signed is this copy (R10). */
export const prepareMessageSign = ({ now, chainOf }: MessageSignPorts, request: MessageSignRequest): Task => {
  const messages = request.messages.map(({ content, name }) => ({ name, bytes: Buffer.from(content, 'base64') }))
  if (request.format === 'raw') refuseForeign(messages)

  const signOne = (session: TaskSession, { name, bytes }: (typeof messages)[number]): Promise<Uint8Array> => {
    const sha256 = hash('sha256', bytes, 'buffer')
    return session.journaled({ digest: sha256.toString('hex'), title: name }, async (sign) => {
      if (request.format === 'raw') {
        const digest = digestOf(session.algorithm)
        return sign(digest === 'sha256' ? sha256 : hash(digest, bytes, 'buffer'))
      }
      const prepared = prepareSignedData({
        certificate: session.certificate.parsed,
        chain: chainOf(session.certificate.parsed),
        algorithm: session.algorithm,
        content: { bytes, isDetached: request.isDetached },
        profile: 'cms',
        signingTime: now(),
      })
      return prepared.finish(await sign(prepared.digest))
    })
  }

  const run = async (session: TaskSession): Promise<OperationResult> => {
    const signatures = messages.map(() => '')
    const waiting = [...messages.entries()]
    let done = 0
    const signNext = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const [index, message] = next
        try {
          signatures[index] = Buffer.from(await signOne(session, message)).toString('base64')
        } catch (error) {
          waiting.length = 0
          throw error
        }
        done += 1
        if (messages.length > 1) session.progress(done, messages.length)
      }
    }
    // Those under way when one fails still get their outcome into the journal before the operation ends.
    const lines = await Promise.allSettled(Array.from({ length: Math.min(AHEAD, messages.length) }, signNext))
    const failed = lines.find((line) => line.status === 'rejected')
    if (failed !== undefined) throw toAppError(failed.reason)
    return {
      kind: 'message_sign',
      signatures,
      algorithm: session.algorithm,
      certificate: session.certificate.summary,
      certificateDer: Buffer.from(session.certificate.parsed.der).toString('base64'),
    }
  }

  let shown: ConsentSubject | null = null
  // Made once: the window looks again at every change, and a message may be large.
  const subject = (): ConsentSubject =>
    (shown ??= {
      kind: 'message_sign',
      format: request.format,
      messages: messages.map(({ name, bytes }) => ({ name, ...previewMessage(bytes) })),
    })

  return {
    needs: 'key',
    requestedCertificateId: request.certificateId ?? null,
    requestedAlgorithm: request.algorithm ?? null,
    requestedSealId: null,
    subject,
    total: messages.length,
    documentIds: [],
    dispose: () => undefined,
    run,
  }
}
