import { randomBytes } from 'node:crypto'

/** 128 random bits in 22 URL-safe characters behind a prefix that tells what it names. */
export const newId = (prefix: 'op' | 'doc' | 'seal' | 'grant'): string =>
  `${prefix}_${randomBytes(16).toString('base64url')}`
