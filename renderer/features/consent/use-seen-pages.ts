import { useCallback, useState } from 'react'

interface SeenPages {
  /** A page was shown, or could not be. */
  readonly isSettled: boolean
  /** Pages that were opened and could not be shown. */
  readonly unseen: readonly string[]
  /** The person signs all the same. */
  readonly isAccepted: boolean
}

/** A page that has just failed takes back what was accepted before: that was about other pages. */
export const notePage = (before: SeenPages, page: string, isShown: boolean): SeenPages => {
  const isKnown = before.unseen.includes(page)
  if (isShown) return { ...before, isSettled: true, unseen: before.unseen.filter((other) => other !== page) }
  return isKnown ? before : { isSettled: true, unseen: [...before.unseen, page], isAccepted: false }
}

/** What the preview could show. Where nothing is previewed it is settled from the start. */
export const useSeenPages = (hasPreview: boolean) => {
  const [seen, setSeen] = useState<SeenPages>({ isSettled: !hasPreview, unseen: [], isAccepted: false })
  const note = useCallback((page: string, isShown: boolean) => setSeen((before) => notePage(before, page, isShown)), [])
  const accept = (isAccepted: boolean) => setSeen((before) => ({ ...before, isAccepted }))
  return { ...seen, note, accept }
}
