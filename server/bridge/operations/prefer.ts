const maxWaitSeconds = 60

/** `Prefer: wait=N` (RFC 7240 §4.3), seconds, at most 60; 0 where it is absent. Other preferences are ignored, as §2 asks. */
export const parseWait = (header: string | string[] | undefined): number => {
  if (typeof header !== 'string') return 0
  for (const preference of header.split(',')) {
    const match = /^\s*wait\s*=\s*"?([0-9]{1,6})"?\s*(?:;.*)?$/i.exec(preference)
    if (match !== null) return Math.min(Number(match[1]), maxWaitSeconds)
  }
  return 0
}
