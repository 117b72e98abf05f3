import type { Operation } from '#contract/operations.ts'
import type { createEventStreams } from '../http/event-stream.ts'
import type { Exchange } from '../http/exchange.ts'
import type { BridgePorts } from '../ports.ts'
import type { Attendance } from './attendance.ts'

/** The state now, then every change; the end state is the last event and closes the stream. */
export const createOperationEvents =
  (ports: BridgePorts, attendance: Attendance, streams: ReturnType<typeof createEventStreams>) =>
  (res: Exchange, id: string, origin: string): void => {
    const current = ports.operations.get(id, origin)
    const leave: (() => void)[] = []
    const stream = streams.open(res, origin, () => {
      for (const action of leave) action()
    })
    const show = (operation: Operation) => {
      stream.send('operation', operation)
      if (operation.state !== 'done' && operation.state !== 'failed') return
      attendance.forget(id)
      stream.close()
    }
    show(current)
    if (current.state === 'done' || current.state === 'failed') return
    leave.push(attendance.watch(id, origin), ports.operations.watch(id, origin, show))
  }
