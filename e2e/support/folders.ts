import path from 'node:path'

export const root = path.resolve(import.meta.dirname, '../..')
/** Keys are made once and copied for each test: making RSA keys takes seconds. */
export const keysTemplate = path.join(root, 'out/e2e/keys')
