import type { ConsentView } from '#contract/client.ts'
import type { ErrorData } from '#contract/errors.ts'
import type { Operation, OperationKind, OperationResult, OperationState } from '#contract/operations.ts'
import { toProblem } from '#bridge/problems.ts'

/** The one mutable thing of an operation; everything that is shown of it is made from here. */
export interface OperationRecord {
  readonly id: string
  readonly kind: OperationKind
  readonly origin: string
  readonly systemCode: string
  /** Null for the question for a grant. */
  readonly grantId: string | null
  readonly createdAt: Date
  readonly expiresAt: Date
  readonly abort: AbortController
  readonly watchers: Set<(operation: Operation) => void>
  state: OperationState
  /** Waits for the person: counts against the origin's one pending consent. */
  isPending: boolean
  /** The PIN is being checked. */
  isOpening: boolean
  progress: { done: number; total: number } | null
  result: OperationResult | null
  error: ErrorData | null
  sealId: string | null
  endedAt: number | null
}

export const isEnded = (record: OperationRecord): boolean => record.state === 'done' || record.state === 'failed'

export const toOperation = (record: OperationRecord): Operation => ({
  id: record.id,
  kind: record.kind,
  state: record.state,
  progress: record.progress,
  createdAt: record.createdAt.toISOString(),
  expiresAt: record.expiresAt.toISOString(),
  result: record.result,
  error: record.state === 'failed' && record.error !== null ? toProblem(record.error, record.id) : null,
})

export const phaseOf = (record: OperationRecord): ConsentView['phase'] => {
  if (record.state === 'waiting') return record.isOpening ? 'working' : 'asking'
  return record.state
}
