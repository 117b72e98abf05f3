/** The PIN of every demo key (tools/softhsm/tokens.ts). */
export const PIN = '123456'
