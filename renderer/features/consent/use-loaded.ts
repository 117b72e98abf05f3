import { useEffect, useState } from 'react'

export type Loaded<Value> =
  | { readonly state: 'loading' }
  | { readonly state: 'ready'; readonly value: Value }
  | { readonly state: 'failed'; readonly error: unknown }

/** The outcome of `load` for a key; a new key starts anew, a late answer to an old key is dropped. */
export const useLoaded = <Value>(key: string, load: () => Promise<Value>): Loaded<Value> => {
  const [outcome, setOutcome] = useState<{ readonly key: string; readonly loaded: Loaded<Value> }>()
  useEffect(() => {
    let isCurrent = true
    load().then(
      (value) => {
        if (isCurrent) setOutcome({ key, loaded: { state: 'ready', value } })
      },
      (error: unknown) => {
        if (isCurrent) setOutcome({ key, loaded: { state: 'failed', error } })
      },
    )
    return () => {
      isCurrent = false
    }
    // `load` is made anew at each render; the key says what it loads.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [key])
  return outcome?.key === key ? outcome.loaded : { state: 'loading' }
}
