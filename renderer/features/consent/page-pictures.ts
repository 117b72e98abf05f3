import type { CallOutput } from '#contract/ipc.ts'
import { ask } from '../../ui/ipc.ts'

export type PagePicture = CallOutput<'consent.page'>

const kept = 12

/** The last pages seen, so that going back is at once. Bytes of pictures only; gone with the window. */
export const createPagePictures = (load = (input: PageKey) => ask('consent.page', input)) => {
  const pictures = new Map<string, Promise<PagePicture>>()
  return (input: PageKey): Promise<PagePicture> => {
    const key = `${input.documentId} ${input.page} ${input.width}`
    const known = pictures.get(key)
    if (known) {
      pictures.delete(key)
      pictures.set(key, known)
      return known
    }
    const picture = load(input)
    pictures.set(key, picture)
    picture.catch(() => pictures.delete(key))
    const [oldest] = pictures.keys()
    if (pictures.size > kept && oldest !== undefined) pictures.delete(oldest)
    return picture
  }
}

export interface PageKey {
  readonly documentId: string
  readonly page: number
  readonly width: number
}

export const pagePicture = createPagePictures()
