import { AppError, toAppError, toErrorData, type ErrorCode } from '#contract/errors.ts'
import type { OperationResult } from '#contract/operations.ts'
import type { BridgeLog } from '#bridge/ports.ts'
import { createConsentView } from './consent-view.ts'
import { unfitCode } from './fit.ts'
import { isEnded, type OperationRecord } from './operation-record.ts'
import type {
  Approval,
  CertificateDirectory,
  ConsentHandle,
  ConsentPort,
  Ending,
  KeyLease,
  KnownCertificate,
  PlatformDirectory,
  SealShelf,
  SigningKeys,
  Task,
} from './ports.ts'
import type { TaskRunner } from './task-runner.ts'

export interface QuestionPorts {
  readonly consent: ConsentPort
  readonly keys: SigningKeys
  readonly certificates: CertificateDirectory
  readonly platforms: PlatformDirectory
  readonly seals: SealShelf
  readonly runner: TaskRunner
  readonly log: BridgeLog
  readonly now: () => Date
}

export interface QuestionEvents {
  readonly changed: () => void
  /** Called once, after the end state was set. */
  readonly ended: () => void
  readonly remainingMs: number
}

export interface Question {
  readonly ask: () => void
  readonly changed: () => void
}

type KeyTask = Extract<Task, { needs: 'key' }>

/** The life of one operation between the question and its end: asking → checking the PIN → (asking again | working) → end. */
export const createQuestion = (
  ports: QuestionPorts,
  record: OperationRecord,
  task: Task,
  events: QuestionEvents,
): Question => {
  let handle: ConsentHandle | null = null
  const { signal } = record.abort
  const view = createConsentView(ports, record, task)

  const changed = () => {
    events.changed()
    handle?.changed()
  }

  const end = (outcome: { result: OperationResult } | { error: unknown }, shown: Ending) => {
    if (isEnded(record)) return
    clearTimeout(timer)
    record.isPending = false
    record.isOpening = false
    if ('result' in outcome) {
      record.state = 'done'
      record.result = outcome.result
      record.error = null
    } else {
      const failure = toAppError(outcome.error)
      record.state = 'failed'
      record.error = toErrorData(failure)
      ports.log.warn({ operation: record.id, code: failure.code, cause: failure.cause }, 'operation failed')
    }
    events.ended()
    handle?.end(shown)
  }

  const fail = (code: ErrorCode, shown: Ending) => end({ error: new AppError(code) }, shown)

  const expire = () => {
    // A PIN that is being checked decides first; `askAgain` looks at the clock.
    if (record.state === 'waiting' && !record.isOpening) fail('operation.timed_out', 'result')
  }
  const timer = setTimeout(expire, events.remainingMs)
  timer.unref()

  const abandoned = () => {
    const error = toAppError(signal.reason)
    end({ error }, error.code === 'operation.cancelled_by_caller' ? 'notice' : 'gone')
  }
  signal.addEventListener('abort', abandoned, { once: true })

  const fittingCertificate = (id: string | null, keyTask: KeyTask): KnownCertificate => {
    const certificate = id === null ? null : ports.certificates.get(id)
    if (certificate === null) throw new AppError('certificate.not_found')
    const unfit = unfitCode(certificate, {
      certificateId: keyTask.requestedCertificateId,
      algorithm: keyTask.requestedAlgorithm,
      now: ports.now(),
    })
    if (unfit !== null) throw new AppError(unfit)
    return certificate
  }

  const askAgain = (error: unknown) => {
    record.isOpening = false
    record.error = toErrorData(error)
    if (ports.now() >= record.expiresAt) {
      expire()
      return
    }
    changed()
  }

  const release = (lease: KeyLease) => {
    // The page has its answer before the token logged out.
    lease.close().catch((error: unknown) => {
      ports.log.warn({ operation: record.id, error }, 'the token did not log out')
    })
  }

  const work = async (keyTask: KeyTask, certificate: KnownCertificate, lease: KeyLease, isOwn: boolean) => {
    record.isPending = false
    record.isOpening = false
    record.state = 'working'
    record.error = null
    record.progress = { done: 0, total: keyTask.total }
    try {
      if (keyTask.total > 1 || record.watchers.size > 0) changed()
      const result = await ports.runner.run(record, keyTask, certificate, lease, changed)
      record.progress = { done: keyTask.total, total: keyTask.total }
      end({ result }, 'result')
    } catch (error) {
      end({ error }, 'result')
    } finally {
      if (isOwn) release(lease)
    }
  }

  /** A failure to open the key asks again; whether to spend another try is the person's choice alone. */
  const openKey = async (approval: Approval, keyTask: KeyTask): Promise<void> => {
    let certificate: KnownCertificate
    let lease: KeyLease
    try {
      certificate = fittingCertificate(approval.certificateId, keyTask)
      if (approval.lease !== undefined) {
        void work(keyTask, certificate, approval.lease, false)
        return
      }
      if (approval.pin === null && !certificate.hasPinPad) throw new AppError('pin.length')
      record.isOpening = true
      record.error = null
      handle?.changed()
      lease = await ports.keys.open(certificate.summary.id, approval.pin, signal)
    } catch (error) {
      if (!isEnded(record)) askAgain(error)
      return
    }
    if (isEnded(record)) release(lease)
    else void work(keyTask, certificate, lease, true)
  }

  const approve = async (approval: Approval): Promise<void> => {
    if (record.state !== 'waiting' || record.isOpening) throw new AppError('operation.not_found')
    if (task.needs === 'key') {
      // R10: approved is what was shown, so a seal must have been chosen, not just named with the approval.
      if (approval.sealId !== record.sealId) throw new AppError('request.invalid', { field: 'sealId' })
      return openKey(approval, task)
    }
    try {
      end({ result: task.run(approval.scopes ?? []) }, 'result')
    } catch (error) {
      end({ error }, 'result')
    }
  }

  return {
    changed: () => handle?.changed(),
    ask: () => {
      const asked = ports.consent.ask({
        operationId: record.id,
        origin: record.origin,
        documentIds: task.documentIds,
        view,
        approve,
        chooseSeal: (sealId) => {
          // Throws when the seal is unknown or would land outside the page; the choice stays as it was then.
          task.subject(sealId)
          record.sealId = sealId
        },
        reject: () => record.abort.abort(new AppError('operation.cancelled_by_user')),
        lost: () => {
          // What was approved goes on without its window.
          if (record.state === 'waiting')
            record.abort.abort(new AppError('operation.failed', { reason: 'window_lost' }))
        },
      })
      handle = asked
      // Somebody who answers at once (a benchmark's approver) may have ended it already.
      if (isEnded(record)) asked.end('result')
    },
  }
}
