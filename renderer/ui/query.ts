import { useMutation, useQuery, type QueryClient } from '@tanstack/react-query'
import type { CallInput, CallName, CallOutput, EventName } from '#contract/ipc.ts'
import { ask } from './ipc.ts'

/** Calls that only read; their answers are kept in the query cache under the call's name. */
export type ReadCall = Extract<
  CallName,
  | 'program.info'
  | 'settings.get'
  | 'keyring.get'
  | 'certificates.list'
  | 'bridge.state'
  | 'grants.list'
  | 'platforms.list'
  | 'journal.list'
  | 'seals.list'
  | 'seals.picture'
>

export const useAsk = <Name extends ReadCall>(name: Name, input: CallInput<Name>) =>
  useQuery<CallOutput<Name>>({ queryKey: [name, input ?? null], queryFn: () => ask(name, input) })

/** A call that changes something. What it changed is asked for again when main says so (`*.changed`) and at once here. */
export const useAct = <Name extends CallName>(name: Name) =>
  useMutation<CallOutput<Name>, Error, CallInput<Name>>({ mutationFn: (input) => ask(name, input) })

const affected: Partial<Record<EventName, readonly ReadCall[]>> = {
  'keyring.changed': ['keyring.get', 'certificates.list'],
  'bridge.changed': ['bridge.state'],
  'journal.changed': ['journal.list'],
  'grants.changed': ['grants.list', 'platforms.list'],
  'seals.changed': ['seals.list', 'seals.picture'],
  'settings.changed': ['settings.get'],
}

/** Main says that something changed, never what: the windows ask again. */
export const listenForChanges = (queries: QueryClient): (() => void) => {
  const stops = Object.entries(affected).map(([event, calls]) =>
    window.yzt.on(event as keyof typeof affected, () => {
      for (const call of calls) void queries.invalidateQueries({ queryKey: [call] })
    }),
  )
  return () => stops.forEach((stop) => stop())
}
