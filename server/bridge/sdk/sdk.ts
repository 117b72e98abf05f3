/** SDK of the signing bridge for the pages of trading platforms: docs/how-to/call-the-bridge.md. */
export { connect } from './connect.ts'
export { diagnose, startClient } from './diagnose.ts'
export { BridgeError } from './errors.ts'
export { queryPermission } from './permission.ts'
export { createSof, SofError } from './sof.ts'
export type * from './types.ts'
