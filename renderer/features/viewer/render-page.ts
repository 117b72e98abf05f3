import { getDocument, GlobalWorkerOptions, PDFDataRangeTransport, type PDFDocumentProxy } from 'pdfjs-dist'
import workerUrl from 'pdfjs-dist/build/pdf.worker.min.mjs?url'
import { readInPieces, type ReadBytes } from './read-in-pieces.ts'

GlobalWorkerOptions.workerSrc = workerUrl

/** PDF user space has 72 units to the inch. */
const millimetresPerPoint = 25.4 / 72
const maximumPixels = 16_000_000
const rangeSize = 256 * 1024

export interface PageRequest {
  readonly documentId: string
  readonly size: number
  readonly page: number
  readonly width: number
}

export interface PagePicture {
  readonly png: Uint8Array
  readonly widthMm: number
  readonly heightMm: number
}

/** pdf.js asks for ranges; each is read from main in pieces. A failed read ends the document with its reason. */
class MainRangeTransport extends PDFDataRangeTransport {
  readonly #read: (offset: number, length: number) => Promise<Uint8Array>
  readonly #fail: (error: unknown) => void

  constructor(
    size: number,
    read: (offset: number, length: number) => Promise<Uint8Array>,
    fail: (error: unknown) => void,
  ) {
    super(size, null)
    this.#read = read
    this.#fail = fail
  }

  override requestDataRange(begin: number, end: number) {
    this.#read(begin, end - begin).then((chunk) => this.onDataRange(begin, chunk), this.#fail)
  }
}

const toPng = async (canvas: HTMLCanvasElement): Promise<Uint8Array> => {
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'))
  if (!blob) throw new Error('the page could not be turned into a picture')
  return new Uint8Array(await blob.arrayBuffer())
}

/** Where the files copied by the build lie, as pdf.js wants it: absolute, with a slash at the end. */
const shipped = (folder: string) => new URL(`./pdfjs/${folder}/`, document.baseURI).href

interface OpenDocument {
  readonly document: Promise<PDFDocumentProxy>
  /** Rejects when a read fails; never resolves. */
  readonly readFailure: Promise<never>
  readonly close: () => Promise<void>
}

const open = (read: ReadBytes, documentId: string, size: number): OpenDocument => {
  const failure = Promise.withResolvers<never>()
  const task = getDocument({
    range: new MainRangeTransport(
      size,
      (offset, length) => readInPieces(read, documentId, offset, length),
      failure.reject,
    ),
    rangeChunkSize: rangeSize,
    disableAutoFetch: true,
    disableStream: true,
    enableXfa: false,

    useWorkerFetch: false,
    maxImageSize: 64_000_000,
    cMapUrl: shipped('cmaps'),
    standardFontDataUrl: shipped('standard_fonts'),
    wasmUrl: shipped('wasm'),
    iccUrl: shipped('iccs'),
  })
  // Whoever waits for a page gets the reason through the race in `render`; alone it would count as unhandled.
  failure.promise.catch(() => undefined)
  return { document: task.promise, readFailure: failure.promise, close: () => task.destroy() }
}

const draw = async (pdf: PDFDocumentProxy, number: number, width: number): Promise<PagePicture> => {
  const page = await pdf.getPage(number)
  const natural = page.getViewport({ scale: 1 })
  const largest = Math.sqrt(maximumPixels / (natural.width * natural.height))
  const viewport = page.getViewport({ scale: Math.min(width / natural.width, largest) })
  const canvas = document.createElement('canvas')
  canvas.width = Math.max(1, Math.round(viewport.width))
  canvas.height = Math.max(1, Math.round(viewport.height))
  await page.render({ canvas, viewport, background: '#ffffff' }).promise
  const png = await toPng(canvas)
  // Frees the pixels at once instead of at the next collection.
  canvas.width = 0
  canvas.height = 0
  page.cleanup()
  return { png, widthMm: natural.width * millimetresPerPoint, heightMm: natural.height * millimetresPerPoint }
}

export const createRenderer = (read: ReadBytes) => {
  const documents = new Map<string, OpenDocument>()

  const forget = async (documentId: string) => {
    const known = documents.get(documentId)
    documents.delete(documentId)
    await known?.close()
  }

  const render = async ({ documentId, size, page, width }: PageRequest): Promise<PagePicture> => {
    const known = documents.get(documentId) ?? open(read, documentId, size)
    documents.set(documentId, known)
    try {
      return await Promise.race([known.document.then((pdf) => draw(pdf, page, width)), known.readFailure])
    } catch (error) {
      // A document that failed is opened anew next time.
      await forget(documentId)
      throw error
    }
  }

  return { render }
}
