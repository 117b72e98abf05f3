import { create } from 'zustand'

interface SealDraft {
  readonly name: string
  readonly widthMm: number | null
  readonly change: (draft: Partial<Pick<SealDraft, 'name' | 'widthMm'>>) => void
  readonly clear: () => void
}

const empty = { name: '', widthMm: 40 }

/** What was typed into “add a seal”, kept while the person looks at another screen. */
export const useSealDraft = create<SealDraft>((set) => ({
  ...empty,
  change: (draft) => set(draft),
  clear: () => set(empty),
}))
