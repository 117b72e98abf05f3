import { AppError, toAppError, toErrorData, type ErrorCode } from '#contract/errors.ts'
import type { Operation, OperationResult } from '#contract/operations.ts'
import type { BridgeGrant, BridgeLog, BridgePorts, OperationRequest } from '#bridge/ports.ts'
import { newId } from '../ids.ts'
import { createQuestion } from './consent-question.ts'
import type { JournalWriter } from './journal-writer.ts'
import { isEnded, toOperation, type OperationRecord } from './operation-record.ts'
import type { CertificateDirectory, ConsentPort, PlatformDirectory, SealShelf, SigningKeys, Task } from './ports.ts'
import { createTaskRunner } from './task-runner.ts'

export interface OperationsPorts {
  readonly consent: ConsentPort
  readonly keys: SigningKeys
  readonly certificates: CertificateDirectory
  readonly platforms: PlatformDirectory
  readonly seals: SealShelf
  readonly journal: JournalWriter
  /** Fixes the bytes of a request (R10): one function for each kind. */
  readonly prepare: (origin: string, grant: BridgeGrant | null, request: OperationRequest) => Promise<Task> | Task
  readonly log: BridgeLog
  readonly now: () => Date
}

export interface OperationsOptions {
  /** Time to consent. */
  readonly consentMs?: number
  /** How long a result can be fetched. */
  readonly keepMs?: number
  readonly maxLive?: number
  readonly maxKept?: number
}

export interface Operations {
  readonly bridge: BridgePorts['operations']
  /** Questions that wait for a person. */
  readonly pending: () => number
  readonly onChange: (listener: () => void) => () => void
  /** What lives under a grant that is worth nothing any more. */
  readonly cancelGrant: (grantId: string, code: CancelCode) => void
  /** Cancels everything that lives. */
  readonly stop: () => void
}

export type CancelCode = Extract<ErrorCode, `operation.cancelled_by_${string}`>

const systemCodeOf = (grant: BridgeGrant | null, request: OperationRequest): string =>
  request.kind === 'grant' ? request.request.systemCode : (grant?.systemCode ?? '')

export const createOperations = (ports: OperationsPorts, options: OperationsOptions = {}): Operations => {
  const { consentMs = 180_000, keepMs = 300_000, maxLive = 256, maxKept = 512 } = options
  /** In the order of their start. */
  const records = new Map<string, OperationRecord>()
  const live = new Set<OperationRecord>()
  const questions = new Map<string, { changed: () => void }>()
  const listeners = new Set<() => void>()
  const runner = createTaskRunner(ports)

  const notify = (record: OperationRecord) => {
    if (record.watchers.size > 0) {
      const operation = toOperation(record)
      for (const watcher of [...record.watchers]) watcher(operation)
      if (isEnded(record)) record.watchers.clear()
    }
    for (const listener of listeners) listener()
  }

  const forgetOld = () => {
    const before = ports.now().getTime() - keepMs
    for (const record of records.values()) {
      const ended = records.size - live.size
      // Whatever started later ended later still: nothing to look at behind this one.
      if (ended <= maxKept && record.createdAt.getTime() > before) return
      if (record.endedAt === null) continue
      if (record.endedAt > before && ended <= maxKept) continue
      records.delete(record.id)
    }
  }

  const admit = (origin: string) => {
    for (const record of live) {
      if (record.isPending && record.origin === origin) throw new AppError('operation.pending')
    }
    if (live.size >= maxLive) throw new AppError('request.too_many')
  }

  const endedNow = (record: OperationRecord) => {
    record.endedAt = ports.now().getTime()
    live.delete(record)
  }

  const register = (origin: string, grant: BridgeGrant | null, request: OperationRequest): OperationRecord => {
    const createdAt = ports.now()
    const record: OperationRecord = {
      id: newId('op'),
      kind: request.kind,
      origin,
      systemCode: systemCodeOf(grant, request),
      grantId: grant?.id ?? null,
      createdAt,
      expiresAt: new Date(createdAt.getTime() + consentMs),
      abort: new AbortController(),
      watchers: new Set(),
      state: 'waiting',
      isPending: true,
      isOpening: false,
      progress: null,
      result: null,
      error: null,
      sealId: null,
      endedAt: null,
    }
    records.set(record.id, record)
    live.add(record)
    return record
  }

  const completeRemembered = (record: OperationRecord, result: OperationResult): Operation => {
    record.state = 'done'
    record.isPending = false
    record.result = result
    endedNow(record)
    return toOperation(record)
  }

  const ask = (record: OperationRecord, task: Task) => {
    const question = createQuestion({ ...ports, runner }, record, task, {
      changed: () => notify(record),
      ended: () => {
        endedNow(record)
        questions.delete(record.id)
        task.dispose()
        notify(record)
      },
      remainingMs: consentMs,
    })
    questions.set(record.id, question)
    question.ask()
    for (const listener of listeners) listener()
  }

  const start = async (origin: string, grant: BridgeGrant | null, request: OperationRequest): Promise<Operation> => {
    forgetOld()
    admit(origin)
    const record = register(origin, grant, request)
    try {
      const prepared = ports.prepare(origin, grant, request)
      const task = prepared instanceof Promise ? await prepared : prepared
      if (record.abort.signal.aborted) {
        task.dispose()
        throw toAppError(record.abort.signal.reason)
      }
      if (task.needs === 'scopes' && task.remembered !== null) return completeRemembered(record, task.remembered)
      if (task.needs === 'key') record.sealId = task.requestedSealId
      ask(record, task)
      return toOperation(record)
    } catch (error) {
      records.delete(record.id)
      live.delete(record)
      ports.log.info({ operation: record.kind, origin, error: toErrorData(error) }, 'operation refused before consent')
      throw toAppError(error)
    }
  }

  /** Of this origin, or as if it did not exist (R9). */
  const find = (id: string, origin: string): OperationRecord => {
    const record = records.get(id)
    if (record?.origin !== origin) throw new AppError('operation.not_found')
    return record
  }

  const cancel = (record: OperationRecord, reason: string, code: CancelCode = 'operation.cancelled_by_caller') => {
    if (isEnded(record)) return
    ports.log.info({ operation: record.id, reason }, 'operation cancelled')
    record.abort.abort(new AppError(code))
  }

  ports.certificates.watch(() => {
    for (const question of questions.values()) question.changed()
  })

  return {
    bridge: {
      start,
      get: (id, origin) => toOperation(find(id, origin)),
      cancel: (id, origin, reason) => cancel(find(id, origin), reason),
      watch: (id, origin, listener) => {
        const record = find(id, origin)
        if (isEnded(record)) {
          listener(toOperation(record))
          return () => undefined
        }
        record.watchers.add(listener)
        return () => record.watchers.delete(listener)
      },
    },
    pending: () => [...live].filter((record) => record.isPending).length,
    onChange: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    cancelGrant: (grantId, code) => {
      for (const record of [...live]) if (record.grantId === grantId) cancel(record, 'revoked', code)
    },
    stop: () => {
      for (const record of [...live]) cancel(record, 'stop')
    },
  }
}
