import { createHash } from 'node:crypto'
import { digestOf } from '#contract/keys.ts'
import type { MessageSignRequest, OperationResult } from '#contract/operations.ts'
import { prepareSignedData } from '#pki/cms/prepare.ts'
import type { Certificate } from '#pki/x509/certificate.ts'
import { previewMessage } from './message-preview.ts'
import type { Task, TaskSession } from './ports.ts'

export interface MessageSignPorts {
  readonly now: () => Date
  readonly chainOf: (leaf: Certificate) => readonly Certificate[]
}

/** 消息签名. The bytes are decoded once, here: what is shown, journaled and signed is this copy (R10). */
export const prepareMessageSign = ({ now, chainOf }: MessageSignPorts, request: MessageSignRequest): Task => {
  const messages = request.messages.map(({ content, name }) => ({ name, bytes: Buffer.from(content, 'base64') }))

  const signOne = (session: TaskSession, { name, bytes }: (typeof messages)[number]): Promise<Uint8Array> => {
    const item = { digest: createHash('sha256').update(bytes).digest('hex'), title: name }
    return session.journaled(item, async (sign) => {
      if (request.format === 'raw') {
        return sign(createHash(digestOf(session.algorithm)).update(bytes).digest())
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
    const signatures: string[] = []
    for (const message of messages) {
      const signature = await signOne(session, message)
      signatures.push(Buffer.from(signature).toString('base64'))
      if (messages.length > 1) session.progress(signatures.length, messages.length)
    }
    return {
      kind: 'message_sign',
      signatures,
      algorithm: session.algorithm,
      certificate: session.certificate.summary,
      certificateDer: Buffer.from(session.certificate.parsed.der).toString('base64'),
    }
  }

  return {
    needs: 'key',
    requestedCertificateId: request.certificateId ?? null,
    requestedAlgorithm: request.algorithm ?? null,
    requestedSealId: null,
    subject: () => ({
      kind: 'message_sign',
      format: request.format,
      messages: messages.map(({ name, bytes }) => ({ name, ...previewMessage(bytes) })),
    }),
    total: messages.length,
    documentIds: [],
    dispose: () => undefined,
    run,
  }
}
