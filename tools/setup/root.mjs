import path from 'node:path'

/** The project's folder. Node before 20.11 has no import.meta.dirname. */
export const root = path.resolve(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), '../..')
