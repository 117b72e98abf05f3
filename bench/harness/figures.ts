import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'

/** A row of the table and of out/bench.json. `ratio` is value ÷ the value of what stands in `against`. */
export interface Figure {
  readonly name: string
  readonly value: number
  readonly unit: string
  /** What the value is compared with, its own value included; null when nothing is. */
  readonly against: string | null
  readonly ratio: number | null
}

export const rounded = (value: number): number =>
  Number(Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3))

export const figure = (
  name: string,
  value: number,
  unit: string,
  against?: { readonly name: string; readonly value: number },
): Figure => ({
  name,
  value: rounded(value),
  unit,
  against: against ? `${against.name}: ${rounded(against.value)} ${unit}` : null,
  ratio: against ? rounded(value / against.value) : null,
})

/** A value with a limit from the requirements, no peer. */
export const limited = (name: string, value: number, unit: string, limit: number): Figure => ({
  name,
  value: rounded(value),
  unit,
  against: `limit: ${limit} ${unit}`,
  ratio: rounded(value / limit),
})

export const printTable = (figures: readonly Figure[]): void => {
  const rows = figures.map(({ name, value, unit, against, ratio }) => [
    name,
    `${value} ${unit}`,
    ratio === null ? '' : `${ratio}×`,
    against ?? '',
  ])
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]!.length)))
  for (const [name, value, ratio, against] of rows) {
    console.log(
      `${name!.padEnd(widths[0]!)}  ${value!.padStart(widths[1]!)}  ${ratio!.padStart(widths[2]!)}  ${against!}`.trimEnd(),
    )
  }
}

/** Writes the figures of the parts that ran and keeps those of the other parts from an earlier run. */
export const saveFigures = async (
  file: string,
  parts: readonly string[],
  figures: readonly Figure[],
): Promise<void> => {
  const earlier = existsSync(file) ? (JSON.parse(await readFile(file, 'utf8')) as Figure[]) : []
  const kept = earlier.filter(({ name }) => !parts.some((part) => name.startsWith(`${part}: `)))
  await mkdir(path.dirname(file), { recursive: true })
  await writeFile(file, `${JSON.stringify([...kept, ...figures], null, 2)}\n`)
}
