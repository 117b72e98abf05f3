import { readFileSync } from 'node:fs'

/** Order of the digits in the launcher's last line, as @electron/fuses writes them. */
const FUSES = { onlyLoadAppFromAsar: 5 } as const

const MARK = 'B9tsX'

/** The launcher itself obeys the fuses that concern Node; this one concerns what is loaded. */
export function isFuseOn(executable: string, name: keyof typeof FUSES): boolean {
  const lastLine = readFileSync(executable, 'latin1').trimEnd().split('\n').at(-1) ?? ''
  // behind the mark: the version (one byte), the number of fuses (one byte), the fuses
  const start = lastLine.lastIndexOf(MARK) + MARK.length + 2
  return lastLine[start + FUSES[name]] === '1'
}
