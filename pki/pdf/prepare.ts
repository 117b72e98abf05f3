import { AppError } from '#contract/errors.ts'
import type { SealImage } from '../image/seal-image.ts'
import type { ByteSource } from '../io/byte-source.ts'
import { createAppearances } from './appearance.ts'
import type { Slice } from './appearance.ts'
import { openPdf } from './document.ts'
import type { PdfDocument } from './document.ts'
import { addAnnotations, addField } from './form-update.ts'
import { isOnPage, readGeometry, toUserSpace } from './geometry.ts'
import type { Box, MillimetreRectangle, PageGeometry } from './geometry.ts'
import { entry, unsupported } from './objects.ts'
import type { PdfRef } from './objects.ts'
import { countPages, findPage } from './pages.ts'
import type { PdfPage } from './pages.ts'
import { findLock, readDocMdp, readSignatureFields } from './signature-fields.ts'
import { writeDate, writeName, writeNumber, writeTextString } from './text.ts'
import { createUpdateWriter, refText } from './update-writer.ts'

/** Where the seal is shown: millimetres from the top left corner of the page as displayed (/Rotate, CropBox). */
interface SealPlacement extends MillimetreRectangle {
  /** From 1. */
  readonly page: number
  readonly slice?: Slice | null
}

export interface PreparePdfInput {
  /** The first is the signature's own widget, further ones are stamps of the same revision. None: invisible. */
  readonly placements: readonly SealPlacement[]
  readonly image: SealImage | null
  readonly reason?: string
  readonly location?: string
  readonly signerName?: string
  /** Goes into /M as the claimed time. Default: now. */
  readonly signingTime?: Date
  /** Bytes kept free for the CMS message. */
  readonly contentsSize: number
}

/** An incremental update with room for the signature; the original file stays as it is in front of it. */
export interface PreparedPdfSignature {
  /** To be appended to the original. /ByteRange holds its final numbers, /Contents is all zeros. */
  readonly update: Uint8Array
  readonly byteRange: readonly [number, number, number, number]
  /** File offset of the hex digits of /Contents, behind its `<`. */
  readonly contentsOffset: number
  /** Hex digits in /Contents: twice `contentsSize`. */
  readonly contentsDigits: number
  readonly fieldName: string
}

const MAX_PLACEMENTS = 20_000

/** Print and Locked; a stamp also keeps its contents (ISO 32000-1 table 165, bits 3, 8 and 10). */
const WIDGET_FLAGS = 132
const STAMP_FLAGS = 644

interface Place {
  readonly page: PdfPage
  readonly geometry: PageGeometry
  readonly box: Box
  readonly placement: SealPlacement
}

const isFraction = (slice: Slice): boolean => slice.left >= 0 && slice.right <= 1 && slice.right - slice.left > 1e-6

const resolvePlaces = async (
  document: PdfDocument,
  placements: readonly SealPlacement[],
  pageCount: number,
): Promise<Place[]> => {
  const places: Place[] = []
  for (const placement of placements) {
    const { page: number, slice } = placement
    if (!Number.isInteger(number) || number < 1 || number > pageCount) {
      throw new AppError('document.placement_outside', { page: number, pageCount })
    }
    if (slice !== undefined && slice !== null && !isFraction(slice))
      throw new AppError('request.invalid', { field: 'slice' })
    const page = await findPage(document, number)
    const geometry = await readGeometry(document, page)
    if (!isOnPage(geometry, placement)) {
      const [width, height] = [Math.round(geometry.width), Math.round(geometry.height)] as const
      throw new AppError('document.placement_outside', { page: number, width, height })
    }
    places.push({ page, geometry, box: toUserSpace(geometry, placement), placement })
  }
  return places
}

const refuseLocked = async (document: PdfDocument, placements: number): Promise<Set<string>> => {
  if (entry(document.catalog, 'NeedsRendering') === true) throw unsupported('xfa')
  const { fields, topNames } = await readSignatureFields(document)
  const reason = await findLock(document, fields)
  if (reason !== null) throw new AppError('document.locked', { reason })
  // §12.8.2.2: level 2 lets signatures be added, but no other annotations.
  if (placements > 1 && (await readDocMdp(document)) === 2)
    throw new AppError('document.locked', { reason: 'docmdp_stamps' })
  return topNames
}

const freeName = (taken: ReadonlySet<string>): string => {
  let number = 1
  while (taken.has(`Signature${number}`)) number++
  return `Signature${number}`
}

const DIGITS = 15
const rangeText = (numbers: readonly number[]): string =>
  `[${numbers.map((number, index) => (index === 0 ? '0' : String(number).padStart(DIGITS, ' '))).join(' ')}]`

const signatureDict = (input: PreparePdfInput): string => {
  const texts = [
    ['Name', input.signerName],
    ['Reason', input.reason],
    ['Location', input.location],
  ] as const
  return [
    '<</Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached',
    `/M ${writeDate(input.signingTime ?? new Date())}`,
    ...texts.flatMap(([key, text]) =>
      text === undefined || text === '' ? [] : [`${writeName(key)} ${writeTextString(text)}`],
    ),
    `/ByteRange ${rangeText([0, 0, 0, 0])}`,
    `/Contents <${'0'.repeat(input.contentsSize * 2)}>>>`,
  ].join('\n')
}

const rectText = ({ left, bottom, right, top }: Box): string =>
  `[${[left, bottom, right, top].map(writeNumber).join(' ')}]`

const putAnnotations = (
  writer: ReturnType<typeof createUpdateWriter>,
  places: readonly Place[],
  input: PreparePdfInput,
  field: { readonly ref: PdfRef; readonly body: string; readonly name: string },
): Map<number, { page: PdfPage; refs: PdfRef[] }> => {
  const appearance = createAppearances(writer, input.image)
  const onPage = new Map<number, { page: PdfPage; refs: PdfRef[] }>()
  places.forEach(({ page, geometry, box, placement }, index) => {
    const form = appearance({
      width: placement.width * geometry.pointsPerMillimetre,
      height: placement.height * geometry.pointsPerMillimetre,
      rotation: geometry.rotation,
      slice: placement.slice ?? null,
    })
    const common = `/Type /Annot /Rect ${rectText(box)} /P ${refText(page.ref)} /AP <</N ${refText(form)}>>`
    // ISO 32000-1 §12.7.4.5: a signature field never refers to more than one annotation.
    const ref = index === 0 ? field.ref : writer.allocate()
    const name = writeTextString(`${field.name}-${index + 1}`)
    writer.put(
      ref,
      index === 0
        ? `<<${common} /Subtype /Widget /F ${WIDGET_FLAGS} ${field.body}>>`
        : `<<${common} /Subtype /Stamp /F ${STAMP_FLAGS} /NM ${name}>>`,
    )
    const entryOfPage = onPage.get(page.ref.num) ?? { page, refs: [] }
    entryOfPage.refs.push(ref)
    onPage.set(page.ref.num, entryOfPage)
  })
  return onPage
}

/** Puts the final /ByteRange into the update: offsets are known before a byte of the original is read. */
const locate = (update: Uint8Array, start: number, signatureAt: number, contentsDigits: number) => {
  const bytes = Buffer.from(update.buffer, update.byteOffset, update.length)
  const rangeAt = bytes.indexOf('/ByteRange ', signatureAt - start) + '/ByteRange '.length
  const open = bytes.indexOf('/Contents <', rangeAt) + '/Contents '.length
  const close = open + contentsDigits + 2
  const byteRange = [0, start + open, start + close, update.length - close] as const
  bytes.write(rangeText(byteRange), rangeAt, 'latin1')
  return { byteRange, contentsOffset: start + open + 1 }
}

/**
 * Builds the incremental update of a PAdES signature (ISO 32000-1 §12.8, ETSI EN 319 142-1). Reads only what it touches.
 * Throws the `document.*` errors of `inspectPdf`, `document.locked` and `document.placement_outside`.
 */
export const preparePdfSignature = async (
  source: ByteSource,
  input: PreparePdfInput,
): Promise<PreparedPdfSignature> => {
  if (input.placements.length > MAX_PLACEMENTS) throw new AppError('request.invalid', { field: 'placements' })
  const document = await openPdf(source)
  const pageCount = await countPages(document)
  if (pageCount === 0) throw new AppError('document.no_pages')
  const topNames = await refuseLocked(document, input.placements.length)
  const places = await resolvePlaces(document, input.placements, pageCount)

  const writer = createUpdateWriter(document)
  const signature = writer.allocate()
  const name = freeName(topNames)
  const field = {
    ref: writer.allocate(),
    name,
    body: `/FT /Sig /T ${writeTextString(name)} /V ${refText(signature)}`,
  }
  writer.put(signature, signatureDict(input))
  const onPage = putAnnotations(writer, places, input, field)
  if (places.length === 0) {
    const page = await findPage(document, 1)
    // §12.7.4.5: an empty rectangle makes the signature invisible.
    const body = `/Type /Annot /Subtype /Widget /Rect [0 0 0 0] /P ${refText(page.ref)} /F ${WIDGET_FLAGS}`
    writer.put(field.ref, `<<${body} ${field.body}>>`)
    onPage.set(page.ref.num, { page, refs: [field.ref] })
  }
  const sharedArrays = new Set<number>()
  for (const { page, refs } of onPage.values()) await addAnnotations(document, writer, page, refs, sharedArrays)
  await addField(document, writer, field.ref)

  const { bytes: update, offsetOf } = writer.finish()
  const contentsDigits = input.contentsSize * 2
  return {
    update,
    ...locate(update, document.size, offsetOf(signature), contentsDigits),
    contentsDigits,
    fieldName: name,
  }
}
