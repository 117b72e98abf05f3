import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'

import { failureOf } from './failure.ts'
import type { Outcome } from './outcome.ts'

/** A line this long is no case. */
const MAX_LINE = 16 * 1024 * 1024

const parse = (line: string): Record<string, unknown> => {
  if (line.length > MAX_LINE) throw new SyntaxError('the line is too long')
  const value: unknown = JSON.parse(line)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new SyntaxError('not a JSON object')
  return { ...value }
}

/**
 * Each line of a file (`-`: standard input) is a case; its answer repeats `id`, or the number of the line, and carries
 * `status` as the exit status of a single case would be. The worst of them is answered.
 */
export const runBatch = async (
  file: string,
  run: (fields: unknown) => Promise<Outcome>,
  write: (answer: Record<string, unknown>) => void,
): Promise<Outcome['status']> => {
  let [worst, number]: [Outcome['status'], number] = [0, 0]
  const input = file === '-' ? process.stdin : createReadStream(file)
  for await (const line of createInterface({ input, crlfDelay: Infinity })) {
    number += 1
    if (line.trim() === '') continue
    let id: unknown = number
    let outcome: Outcome
    try {
      const { id: given = number, ...fields } = parse(line)
      id = given
      outcome = await run(fields)
    } catch (error) {
      outcome = failureOf(error)
    }
    write({ id, status: outcome.status, ...outcome.result })
    if (outcome.status > worst) worst = outcome.status
  }
  return worst
}
