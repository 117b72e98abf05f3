/**
 * `node bench/run.ts [token|bridge|pdf|gm|start …]`: measures the product against its peers in one run, prints a table and writes
 * out/bench.json. Without a name all parts run, one after the other.
 */
import process from 'node:process'
import { printTable, saveFigures } from './harness/figures.ts'
import type { Figure } from './harness/figures.ts'
import { figuresFile } from './harness/places.ts'

type Part = () => Promise<Figure[]>

const parts: Readonly<Record<string, () => Promise<Part>>> = {
  token: async () => (await import('./token/part.ts')).tokenPart,
  bridge: async () => (await import('./bridge/part.ts')).bridgePart,
  pdf: async () => (await import('./pdf/part.ts')).pdfPart,
  gm: async () => (await import('./gm/part.ts')).gmPart,
  cms: async () => (await import('./cms/part.ts')).cmsPart,
  envelope: async () => (await import('./envelope/part.ts')).envelopePart,
  start: async () => (await import('./start/part.ts')).startPart,
}

const asked = process.argv.slice(2)
const unknown = asked.filter((name) => !(name in parts))
if (unknown.length > 0) {
  console.error(`No such part: ${unknown.join(', ')}. There are ${Object.keys(parts).join(', ')}.`)
  process.exit(1)
}
const chosen = asked.length > 0 ? asked : Object.keys(parts)
for (const name of chosen) {
  const part = await parts[name]!()
  const figures = await part()
  console.log(`\n${name}`)
  printTable(figures)
  await saveFigures(figuresFile, [name], figures)
}
// Peers leave handles behind (NSS, HTTP agents of killed children): the figures are written, so end here.
process.exit(0)
