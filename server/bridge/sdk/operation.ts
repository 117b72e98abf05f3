import { diagnosis } from './diagnose.ts'
import { BridgeError, fromDiagnosis, fromProblem, unexpected } from './errors.ts'
import { readEvents } from './event-stream.ts'
import type { Client } from './http.ts'
import type { Operation, OperationOptions, OperationResult } from './types.ts'

const isEnded = ({ state }: Operation) => state === 'done' || state === 'failed'
const maxReconnects = 3

/** Follows the operation by its event stream, which also tells the client that this page still waits. */
const follow = async (
  client: Client,
  started: Operation,
  signal: AbortSignal,
  onChange: OperationOptions['onChange'],
): Promise<Operation> => {
  let current = started
  onChange?.(current)
  for (let attempt = 0; attempt <= maxReconnects && !isEnded(current); attempt += 1) {
    const answer = await client.send('GET', `/v1/operations/${started.id}/events`, { signal })
    for await (const event of readEvents(answer)) {
      current = event as Operation
      onChange?.(current)
    }
    if (!isEnded(current)) signal.throwIfAborted()
  }
  if (isEnded(current)) return current
  throw await client.lost()
}

/** Starts an operation and waits for its end. An aborted signal or an exception of `onChange` cancels it in the client. */
export const runOperation = async <Kind extends OperationResult['kind']>(
  client: Client,
  kind: Kind,
  path: string,
  body: unknown,
  { signal: own, onChange }: OperationOptions = {},
): Promise<Extract<OperationResult, { kind: Kind }>> => {
  const signal = client.signal(own)
  const started = (await client.json('POST', path, { json: body, signal })) as Operation
  let ended: Operation
  try {
    ended = await follow(client, started, signal, onChange)
  } catch (error) {
    // The page stopped it. What the client itself refused, or did not hear, needs no cancelling.
    if (!(error instanceof BridgeError)) void cancel(client, started.id)
    throw error
  }
  if (ended.error !== null) throw endOf(kind, fromProblem(ended.error))
  const { result } = ended
  if (result?.kind !== kind) throw unexpected(String(result?.kind))
  return result as Extract<OperationResult, { kind: Kind }>
}

const cancel = (client: Client, id: string): Promise<unknown> =>
  // Over already, or the client has gone: both are what was wanted.
  client.send('DELETE', `/v1/operations/${id}`, { isLast: true }).catch(() => undefined)

/** A refused grant is a state of its own for the page: it may explain and ask again. */
const endOf = (kind: OperationResult['kind'], error: BridgeError): BridgeError => {
  const isRefusal = error.code === 'operation.cancelled_by_user' || error.code === 'operation.refused'
  return kind === 'grant' && isRefusal ? fromDiagnosis(diagnosis('grant_refused')) : error
}
