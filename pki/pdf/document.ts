import { AppError } from '#contract/errors.ts'
import type { ByteSource } from '../io/byte-source.ts'
import { decodeStream } from './filters.ts'
import { damaged, entry, integer, isDict, isName, isRef } from './objects.ts'
import type { PdfDict, PdfObject, PdfRef, PdfValue } from './objects.ts'
import { createPageCache } from './page-cache.ts'
import { createParser, needMore } from './parser.ts'
import { createPdfReader } from './reader.ts'
import type { PdfReader } from './reader.ts'
import { readStreamData } from './stream-data.ts'
import { readXref } from './xref.ts'
import type { Xref } from './xref.ts'

/** An open PDF. Objects are read when asked for; a few hundred are kept. */
export interface PdfDocument {
  readonly reader: PdfReader
  readonly size: number
  /** `1.7`, of the header or of the catalog, whichever is later. */
  readonly version: string
  readonly isLinearized: boolean
  readonly xref: Xref
  readonly trailer: PdfDict
  readonly catalog: PdfDict
  readonly catalogRef: PdfRef
  /** null: the object is free or was never there, which reads as the null object (§7.3.10). */
  readonly object: (num: number) => Promise<PdfObject | null>
  /** Follows references to a direct value. */
  readonly resolve: (value: PdfValue) => Promise<PdfValue>
  readonly get: (dict: PdfDict, key: string) => Promise<PdfValue>
}

const HEADER_ROOM = 1024
const MAX_KEPT = 512
const MAX_KEPT_CONTAINERS = 128
const MAX_HOPS = 16

const readHeader = async (source: ByteSource): Promise<{ version: string; isLinearized: boolean }> => {
  const head = Buffer.from(await source.read(0, HEADER_ROOM * 2)).toString('latin1')
  const match = /%PDF-(\d\.\d)/.exec(head.slice(0, HEADER_ROOM))
  if (match === null) throw new AppError('document.not_pdf', { reason: 'header_missing' })
  return { version: match[1] ?? '', isLinearized: /^[^]*?\d+ \d+ obj\s*<<[^>]*\/Linearized/.test(head) }
}

interface Container {
  readonly buffer: Uint8Array
  readonly numbers: readonly number[]
  readonly offsets: readonly number[]
}

const createObjects = (reader: PdfReader, xref: Xref) => {
  const kept = new Map<number, PdfObject>()
  const containers = new Map<number, Container>()
  const keep = <T>(map: Map<number, T>, key: number, value: T, limit: number): T => {
    map.set(key, value)
    const [oldest] = map.keys()
    if (map.size > limit && oldest !== undefined) map.delete(oldest)
    return value
  }

  const resolve = async (value: PdfValue): Promise<PdfValue> => {
    let current = value
    for (let hops = 0; isRef(current); hops++) {
      if (hops >= MAX_HOPS) throw damaged('reference_loop', { object: current.num })
      current = (await object(current.num))?.value ?? null
    }
    return current
  }

  const parseIndex = (buffer: Uint8Array, dict: PdfDict, num: number): Container => {
    const count = integer(entry(dict, 'N')) ?? -1
    const first = integer(entry(dict, 'First')) ?? -1
    if (count < 0 || first < 0 || first > buffer.length) throw damaged('object_stream', { object: num })
    const words = Buffer.from(buffer.subarray(0, first))
      .toString('latin1')
      .trim()
      .split(/[\s\0]+/)
    const numbers: number[] = []
    const offsets: number[] = []
    for (let at = 0; at < Math.min(count * 2, words.length - 1); at += 2) {
      numbers.push(Number(words[at]))
      offsets.push(first + Number(words[at + 1]))
    }
    return { buffer, numbers, offsets }
  }

  const container = async (num: number): Promise<Container> => {
    const found = containers.get(num)
    if (found !== undefined) return found
    const place = await xref.lookup(num)
    // §7.5.7: an object stream is never inside another one.
    if (place?.kind !== 'offset') throw damaged('object_stream', { object: num })
    const { dict, data } = await readStreamData(reader, await reader.objectAt(place.offset, num), resolve)
    if (!isName(entry(dict, 'Type'), 'ObjStm')) throw damaged('object_stream', { object: num })
    const buffer = decodeStream(dict, data)
    reader.charge(buffer.length)
    return keep(containers, num, parseIndex(buffer, dict, num), MAX_KEPT_CONTAINERS)
  }

  const compressed = async (num: number, containerNum: number, index: number): Promise<PdfObject> => {
    const { buffer, numbers, offsets } = await container(containerNum)
    const offset = offsets[index]
    // §7.5.8.3: the index decides. Looked for by its number, an object could be here and missing in a viewer.
    if (numbers[index] !== num || offset === undefined || !(offset < buffer.length))
      throw damaged('object_missing', { object: num })
    try {
      const parser = createParser(buffer, 0, offset, true)
      const value = parser.value()
      reader.charge(parser.position() - offset)
      return { num, gen: 0, value, buffer, base: 0, streamStart: null, container: containerNum }
    } catch (error) {
      if (error === needMore) throw damaged('object_missing', { object: num })
      throw error
    }
  }

  const object = async (num: number): Promise<PdfObject | null> => {
    const found = kept.get(num)
    if (found !== undefined) return found
    const place = await xref.lookup(num)
    if (place === undefined || place.kind === 'free') return null
    const loaded =
      place.kind === 'offset'
        ? await reader.objectAt(place.offset, num)
        : await compressed(num, place.container, place.index)
    return keep(kept, num, loaded, MAX_KEPT)
  }

  return { object, resolve }
}

const laterVersion = (header: string, inCatalog: PdfValue): string =>
  isName(inCatalog) && /^\d\.\d$/.test(inCatalog.value) && inCatalog.value > header ? inCatalog.value : header

/**
 * Opens a PDF: header, cross-references, trailer, catalog. Throws `document.not_pdf`, `document.damaged`,
 * `document.encrypted` or `document.unsupported`, each with a reason.
 */
export const openPdf = async (input: ByteSource): Promise<PdfDocument> => {
  const source = createPageCache(input)
  const header = await readHeader(source)
  const reader = createPdfReader(source)
  const xref = await readXref(reader)
  const trailer = xref.sections[0]?.trailer
  if (trailer === undefined) throw damaged('trailer')
  if (xref.sections.some((section) => entry(section.trailer, 'Encrypt') !== null)) {
    throw new AppError('document.encrypted')
  }
  const { object, resolve } = createObjects(reader, xref)
  const catalogRef = entry(trailer, 'Root')
  const catalog = await resolve(catalogRef)
  if (!isRef(catalogRef) || !isDict(catalog)) throw damaged('catalog')
  return {
    reader,
    size: source.size,
    version: laterVersion(header.version, entry(catalog, 'Version')),
    isLinearized: header.isLinearized,
    xref,
    trailer,
    catalog,
    catalogRef,
    object,
    resolve,
    get: (dict, key) => resolve(entry(dict, key)),
  }
}
