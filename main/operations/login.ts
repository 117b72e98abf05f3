import { createHash } from 'node:crypto'
import { AppError } from '#contract/errors.ts'
import type { LoginRequest } from '#contract/operations.ts'
import { MAX_CHALLENGE, MIN_CHALLENGE } from '#pki/login-token/format.ts'
import { prepareLoginToken } from '#pki/login-token/prepare.ts'
import type { Certificate } from '#pki/x509/certificate.ts'
import type { Task } from './ports.ts'

export interface LoginPorts {
  readonly now: () => Date
  readonly chainOf: (leaf: Certificate) => readonly Certificate[]
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/**
 * 授权登录. The key signs a text of this program's own making, in which the challenge is one part: no challenge can be
 * chosen so that the signature means something else (R12).
 */
export const prepareLogin = ({ now, chainOf }: LoginPorts, origin: string, request: LoginRequest): Task => {
  const challenge = Buffer.from(request.challenge, 'base64')
  if (challenge.length < MIN_CHALLENGE || challenge.length > MAX_CHALLENGE) {
    throw new AppError('request.invalid', { field: 'challenge', length: challenge.length })
  }

  return {
    needs: 'key',
    requestedCertificateId: request.certificateId ?? null,
    requestedAlgorithm: null,
    requestedSealId: null,
    subject: () => ({ kind: 'login', challengeDigest: sha256(challenge) }),
    total: 1,
    documentIds: [],
    dispose: () => undefined,
    run: async (session) => {
      const { parsed, summary } = session.certificate
      const prepared = prepareLoginToken({
        origin,
        challenge,
        certificate: parsed,
        chain: chainOf(parsed),
        algorithm: session.algorithm,
        time: now(),
      })
      const item = { digest: sha256(prepared.toBeSigned), title: origin }
      const loginToken = await session.journaled(item, async (sign) => prepared.finish(await sign(prepared.digest)))
      return { kind: 'login', loginToken, certificate: summary }
    },
  }
}
