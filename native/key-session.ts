import { AppError, toAppError } from '#contract/errors.ts'
import type { DecryptionAlgorithm, BridgeSignatureAlgorithm } from '#contract/keys.ts'
import type { Clock } from './clock.ts'
import type { CallLimits, HelperClient } from './helper-client.ts'
import { checkDigestLength } from './signing.ts'

/** A token held by one task, logged in with the PIN that was typed for it. */
export interface KeySession {
  readonly tokenId: string
  /**
   * RSA signatures as PKCS#1 defines them, ECDSA as DER.
   * @throws key.digest_length (R13), key.not_found, key.mechanism_unsupported, token.removed, token.not_responding,
   * token.driver_crashed. Never tried a second time by itself.
   */
  sign(request: {
    readonly certificateId: string
    readonly algorithm: BridgeSignatureAlgorithm
    readonly digest: Uint8Array
  }): Promise<Uint8Array>
  /** @throws key.decryption_failed, without saying why (R11) */
  decrypt(request: {
    readonly certificateId: string
    readonly algorithm: DecryptionAlgorithm
    readonly ciphertext: Uint8Array
  }): Promise<Uint8Array>
  /** Logs out and lets the next task have the token. Safe to call twice. */
  close(): Promise<void>
}

export interface KeySessionPorts {
  readonly tokenId: string
  readonly client: HelperClient
  /** The helper's number of the session. */
  readonly session: number
  readonly clock: Clock
  readonly limits: CallLimits
  /** A task that forgot its session must not leave the key logged in. */
  readonly idleMs: number
  /** See key-loss.ts. */
  readonly explainLoss: (error: AppError) => Promise<AppError>
  readonly onRemoved: () => void
  readonly onClosed: () => void
}

export interface HeldSession extends KeySession {
  /** Why it cannot be used any more although nobody closed it: its helper ended. */
  readonly lost: () => AppError | null
  /** Refuses every further call with this error and lets the next task have the token. */
  readonly fail: (reason: AppError) => void
}

export const createKeySession = (ports: KeySessionPorts): HeldSession => {
  const { tokenId, client, session, clock, limits, idleMs, explainLoss, onRemoved, onClosed } = ports
  let failure: AppError | null = null
  let loss: Promise<AppError> | null = null
  let closing: Promise<void> | null = null
  let lastUse = clock.now()
  let running = 0
  let cancelIdle: (() => void) | null = null

  const close = (): Promise<void> => {
    closing ??= (async () => {
      cancelIdle?.()
      failure ??= new AppError('token.error', { reason: 'session_closed' })
      // Refused when the helper died: its login died with it, which is all that closing is for.
      await client.call('close', { session }, limits.login).catch(() => null)
      onClosed()
    })()
    return closing
  }

  const fail = (reason: AppError): void => {
    failure ??= reason
    void close()
  }

  const watchIdle = (): void => {
    const left = running > 0 ? idleMs : lastUse + idleMs - clock.now()
    if (left <= 0) void close()
    else cancelIdle = clock.after(left, watchIdle)
  }
  watchIdle()

  /** What became of the key is asked once: what is plugged in later does not change what happened. */
  const explained = (error: AppError): Promise<AppError> =>
    client.failure() === null ? Promise.resolve(error) : (loss ??= explainLoss(error))

  const use = async (run: () => Promise<Uint8Array>): Promise<Uint8Array> => {
    if (failure) throw await explained(failure)
    running += 1
    try {
      return await run()
    } catch (cause) {
      const error = await explained(toAppError(cause))
      if (error.code === 'token.removed') {
        fail(error)
        onRemoved()
      }
      throw error
    } finally {
      running -= 1
      lastUse = clock.now()
    }
  }

  return {
    tokenId,
    sign: ({ certificateId, algorithm, digest }) =>
      use(() => {
        checkDigestLength(algorithm, digest)
        return client.call('sign', { session, certificateId, algorithm, digest }, limits.sign)
      }),
    decrypt: ({ certificateId, algorithm, ciphertext }) =>
      use(() => client.call('decrypt', { session, certificateId, algorithm, ciphertext }, limits.sign)),
    close,
    lost: client.failure,
    fail,
  }
}
