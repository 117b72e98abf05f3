const isScalar = (value: unknown): boolean => value === null || typeof value !== 'object' || value instanceof Date

const scalar = (value: unknown): string => (value instanceof Date ? value.toISOString() : String(value))

/** The same result for people: a line a value, indented. */
const lines = (value: unknown, indent: string): string[] => {
  if (isScalar(value)) return [`${indent}${scalar(value)}`]
  if (Array.isArray(value)) {
    return value.flatMap((item: unknown) => {
      const [first = '', ...rest] = lines(item, `${indent}  `)
      return [`${indent}- ${first.trimStart()}`, ...rest]
    })
  }
  return Object.entries(value as Record<string, unknown>).flatMap(([key, item]) => {
    if (item === undefined || item === null) return []
    if (Array.isArray(item) && item.length === 0) return []
    return isScalar(item) ? [`${indent}${key}: ${scalar(item)}`] : [`${indent}${key}:`, ...lines(item, `${indent}  `)]
  })
}

export const toText = (result: unknown): string => `${lines(result, '').join('\n')}\n`

export const toLine = (result: unknown): string => `${JSON.stringify(result)}\n`
