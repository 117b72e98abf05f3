import { useSearchParams } from 'react-router'

/**
 * A filter kept in the address, so that it survives going away and back. Empty means: not set. `by` is left beside the
 * address (`location.state`) for whoever has to know its own writing again.
 */
export const useSearchState = (name: string): [string, (value: string, by?: string) => void] => {
  const [params, setParams] = useSearchParams()
  const set = (value: string, by?: string) => {
    setParams(
      (before) => {
        const after = new URLSearchParams(before)
        if (value === '') after.delete(name)
        else after.set(name, value)
        return after
      },
      { replace: true, state: by ?? null },
    )
  }
  return [params.get(name) ?? '', set]
}
