import { createHmac } from 'node:crypto'

/**
 * R8. The installation as one origin knows it: stable for that origin, and of no use to tell another origin who is there.
 * Of the same shape as the id that it is derived from: 16 bytes, base64url.
 */
export const instanceIdFor = (instanceId: string, origin: string): string =>
  createHmac('sha256', instanceId).update(origin).digest().subarray(0, 16).toString('base64url')
