import { useSearchParams } from 'react-router'

/** A filter kept in the address, so that it survives going away and back. Empty means: not set. */
export const useSearchState = (name: string): [string, (value: string) => void] => {
  const [params, setParams] = useSearchParams()
  const set = (value: string) => {
    setParams(
      (before) => {
        const after = new URLSearchParams(before)
        if (value === '') after.delete(name)
        else after.set(name, value)
        return after
      },
      { replace: true },
    )
  }
  return [params.get(name) ?? '', set]
}
