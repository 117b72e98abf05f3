import type { Seal } from '#contract/client.ts'
import type { PdfService } from '../documents/pdf-service.ts'
import type { SealsStore } from '../store/seals.store.ts'

/** Largest picture file taken from disk. */
export const maxSealBytes = 5 * 1024 * 1024

/** Puts a picture on the shelf; its height in mm follows from its shape. Throws seal.not_image or seal.too_large. */
export const addSeal = async (
  pdf: Pick<PdfService, 'measureSeal'>,
  seals: SealsStore,
  { name, widthMm, bytes }: { name: string; widthMm: number; bytes: Uint8Array },
): Promise<Seal> => {
  const { width, height, mediaType } = await pdf.measureSeal(bytes)
  return seals.add({ name, widthMm, heightMm: (widthMm * height) / width, mediaType }, bytes)
}
