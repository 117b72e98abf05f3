import { divisionTable } from './division-table.ts'

/** An administrative division of GB/T 2260. */
export interface Division {
  /** Six digits. */
  readonly code: string
  readonly name: string
  /** From the province down, e.g. `['浙江省', '杭州市', '西湖区']`. */
  readonly path: readonly string[]
  /** False: retired; numbers that were given with it stay what they are. */
  readonly isCurrent: boolean
}

interface Entry {
  readonly name: string
  readonly isCurrent: boolean
}

const parseEntry = (text: string): Entry =>
  text.startsWith('-') ? { name: text.slice(1), isCurrent: false } : { name: text, isCurrent: true }

const parseTable = (): ReadonlyMap<string, Entry> => {
  const entries = new Map<string, Entry>()
  for (const line of divisionTable.trim().split('\n')) {
    const prefix = line.slice(0, 4)
    const [own = '', ...counties] = line.slice(4).split(' ')
    if (own !== '') entries.set(`${prefix}00`, parseEntry(own))
    for (const county of counties) {
      const { name, isCurrent } = parseEntry(county)
      entries.set(prefix + name.slice(0, 2), { name: name.slice(2), isCurrent })
    }
  }
  return entries
}

let table: ReadonlyMap<string, Entry> | undefined
const lookUp = (code: string): Entry | undefined => (table ??= parseTable()).get(code)

/** Null for a code that is not in the table: never given, or retired before 2002. */
export const readDivision = (code: string): Division | null => {
  const found = /^\d{6}$/.test(code) ? lookUp(code) : undefined
  if (found === undefined) return null
  const codes = new Set([`${code.slice(0, 2)}0000`, `${code.slice(0, 4)}00`, code])
  return { code, ...found, path: [...codes].flatMap((above) => lookUp(above)?.name ?? []) }
}

/** Its first two digits name a province. Codes below are retired over time, so whether the rest was given is not asked. */
export const isPossibleDivision = (code: string): boolean =>
  /^\d{6}$/.test(code) && lookUp(`${code.slice(0, 2)}0000`) !== undefined
