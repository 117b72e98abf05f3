import type { PdfDocument } from './document.ts'
import { damaged, entry, integer, isArray, isDict, isName, isRef, unsupported } from './objects.ts'
import type { PdfDict, PdfObject, PdfRef, PdfValue } from './objects.ts'

/** A page with what it inherits from the nodes above it (ISO 32000-1 §7.7.3.4). */
export interface PdfPage {
  readonly ref: PdfRef
  readonly object: PdfObject
  readonly dict: PdfDict
  /** Own or inherited value, resolved. */
  attribute(key: 'MediaBox' | 'CropBox' | 'Rotate'): Promise<PdfValue>
}

const MAX_DEPTH = 64
const MAX_WALK = 200_000

interface Node {
  readonly ref: PdfRef
  readonly object: PdfObject
  readonly dict: PdfDict
}

const loadNode = async (document: PdfDocument, kid: PdfValue): Promise<Node> => {
  if (!isRef(kid)) throw unsupported('page_not_indirect')
  const object = await document.object(kid.num)
  if (object === null || !isDict(object.value)) throw damaged('page_missing', { object: kid.num })
  return { ref: { ...kid, gen: object.gen }, object, dict: object.value }
}

const isLeaf = ({ dict }: Node): boolean => isName(entry(dict, 'Type'), 'Page') || entry(dict, 'Kids') === null

const kidsOf = async (document: PdfDocument, { dict, ref }: Node): Promise<readonly PdfValue[]> => {
  const kids = await document.get(dict, 'Kids')
  if (!isArray(kids)) throw damaged('page_tree', { object: ref.num })
  return kids.items
}

const rootOf = (document: PdfDocument): Promise<Node> => loadNode(document, entry(document.catalog, 'Pages'))

/** Leaves under `node`, without trusting /Count. */
const countLeaves = async (document: PdfDocument, root: Node): Promise<number> => {
  const seen = new Set<number>()
  const open: Node[] = [root]
  let leaves = 0
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (seen.has(node.ref.num) || seen.size > MAX_WALK) throw damaged('page_tree_loop', { object: node.ref.num })
    seen.add(node.ref.num)
    if (isLeaf(node)) leaves++
    else for (const kid of await kidsOf(document, node)) open.push(await loadNode(document, kid))
  }
  return leaves
}

/** Number of pages: /Count of the root where it can be true, else the leaves counted. */
export const countPages = async (document: PdfDocument): Promise<number> => {
  const root = await rootOf(document)
  if (isLeaf(root)) return isName(entry(root.dict, 'Type'), 'Page') ? 1 : 0
  const kids = await kidsOf(document, root)
  if (kids.length === 0) return 0
  const count = integer(await document.get(root.dict, 'Count'))
  return count !== null && count > 0 && count <= document.xref.size ? count : countLeaves(document, root)
}

const pageFrom = (document: PdfDocument, path: readonly Node[], leaf: Node): PdfPage => ({
  ...leaf,
  attribute: async (key) => {
    for (const node of [leaf, ...path.toReversed()]) {
      const value = await document.get(node.dict, key)
      if (value !== null) return value
    }
    return null
  },
})

const leavesIn = async (document: PdfDocument, node: Node): Promise<number> => {
  if (isLeaf(node)) return 1
  const count = integer(await document.get(node.dict, 'Count'))
  return count === null || count < 0 ? countLeaves(document, node) : count
}

/** Page `number`, counted from 1. Walks only the branch that holds it. */
export const findPage = async (document: PdfDocument, number: number): Promise<PdfPage> => {
  const path: Node[] = []
  let node = await rootOf(document)
  let rest = number - 1
  while (!isLeaf(node)) {
    if (path.length >= MAX_DEPTH) throw damaged('page_tree_loop', { object: node.ref.num })
    path.push(node)
    const kids = await kidsOf(document, node)
    let next: Node | undefined
    // As many leaves as kids: the kids are leaves themselves, and the right one is known without loading the others.
    if (integer(await document.get(node.dict, 'Count')) === kids.length && rest < kids.length) {
      const candidate = await loadNode(document, kids[rest] ?? null)
      if (isLeaf(candidate)) return pageFrom(document, path, candidate)
    }
    for (const kid of kids) {
      const candidate = await loadNode(document, kid)
      const leaves = await leavesIn(document, candidate)
      if (rest < leaves) {
        next = candidate
        break
      }
      rest -= leaves
    }
    if (next === undefined) throw damaged('page_missing', { page: number })
    node = next
  }
  if (rest !== 0) throw damaged('page_missing', { page: number })
  return pageFrom(document, path, node)
}
