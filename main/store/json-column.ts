import type * as z from 'zod'

/** A TEXT column that holds JSON, read through its schema: the file is an edge of the program. */
export const readJson = <Schema extends z.ZodType>(schema: Schema, text: string): z.infer<Schema> =>
  schema.parse(JSON.parse(text))
