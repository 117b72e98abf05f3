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

export const createRenderer = (read: ReadBytes) => {
  const open = new Map<string, { document: Promise<PDFDocumentProxy>; close: () => Promise<void> }>()

  const openDocument = (documentId: string, size: number) => {
    const known = open.get(documentId)
    if (known) return known.document
    let failRead: (error: unknown) => void = () => undefined
    const readFailure = new Promise<never>((_, reject) => {
      failRead = reject
    })
    const transport = new MainRangeTransport(
      size,
      (offset, length) => readInPieces(read, documentId, offset, length),
      (error) => failRead(error),
    )
    const task = getDocument({
      range: transport,
      rangeChunkSize: rangeSize,
      disableAutoFetch: true,
      disableStream: true,
      enableXfa: false,
      useWasm: false,
      useWorkerFetch: false,
      maxImageSize: 64_000_000,
      cMapUrl: shipped('cmaps'),
      standardFontDataUrl: shipped('standard_fonts'),
      wasmUrl: shipped('wasm'),
      iccUrl: shipped('iccs'),
    })
    const document = Promise.race([task.promise, readFailure])
    // Whoever waits for the page gets the reason; this keeps a later failed read from being reported a second time.
    readFailure.catch(() => undefined)
    open.set(documentId, { document, close: () => task.destroy() })
    return document
  }

  const forget = async (documentId: string) => {
    const known = open.get(documentId)
    open.delete(documentId)
    await known?.close()
  }

  const render = async ({ documentId, size, page: number, width }: PageRequest): Promise<PagePicture> => {
    try {
      const pdf = await openDocument(documentId, size)
      const page = await pdf.getPage(number)
      const natural = page.getViewport({ scale: 1 })
      const wanted = width / natural.width
      const largest = Math.sqrt(maximumPixels / (natural.width * natural.height))
      const viewport = page.getViewport({ scale: Math.min(wanted, largest) })
      const canvas = document.createElement('canvas')
      canvas.width = Math.max(1, Math.round(viewport.width))
      canvas.height = Math.max(1, Math.round(viewport.height))
      await page.render({ canvas, viewport, background: '#ffffff' }).promise
      const png = await toPng(canvas)
      canvas.width = 0
      canvas.height = 0
      page.cleanup()
      return { png, widthMm: natural.width * millimetresPerPoint, heightMm: natural.height * millimetresPerPoint }
    } catch (error) {
      // A document that failed is opened anew next time.
      await forget(documentId)
      throw error
    }
  }

  return { render, forget }
}
