import path from 'node:path'

const root = path.resolve(import.meta.dirname, '../..')

export const figuresFile = path.join(root, 'out/bench.json')
/** Generated files, keys, tokens and peers; kept between runs, safe to delete. */
export const workplace = path.join(root, 'out/bench')
export const repository = root
