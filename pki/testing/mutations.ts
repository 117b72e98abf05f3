import fc from 'fast-check'

/** One way to spoil a file. Positions are fractions, so that they fit input of any length. */
export interface Mutation {
  readonly kind: 'flip' | 'set' | 'cut' | 'insert' | 'copy' | 'digits'
  readonly place: number
  readonly other: number
  readonly byte: number
}

export const mutations = fc.array(
  fc.record({
    kind: fc.constantFrom<Mutation['kind']>('flip', 'set', 'cut', 'insert', 'copy', 'digits'),
    place: fc.double({ min: 0, max: 0.999, noNaN: true }),
    other: fc.double({ min: 0, max: 0.999, noNaN: true }),
    byte: fc.nat(255),
  }),
  { minLength: 1, maxLength: 4 },
)

const apply = (bytes: Buffer, { kind, place, other, byte }: Mutation): Buffer => {
  const at = Math.floor(place * bytes.length)
  const to = Math.floor(other * bytes.length)
  const [from, end] = at < to ? [at, to] : [to, at]
  if (kind === 'flip' || kind === 'set') {
    bytes[at] = kind === 'set' ? byte : (bytes[at] ?? 0) ^ (1 << (byte & 7))
    return bytes
  }
  if (kind === 'cut')
    return byte < 64 ? bytes.subarray(0, at) : Buffer.concat([bytes.subarray(0, from), bytes.subarray(end)])
  if (kind === 'insert') return Buffer.concat([bytes.subarray(0, at), Buffer.alloc(byte, byte), bytes.subarray(at)])
  if (kind === 'copy') {
    bytes.copyWithin(at, to, Math.min(bytes.length, to + byte))
    return bytes
  }
  // Numbers are what structures hang on: the next run of digits becomes another one.
  const run = /\d+/.exec(bytes.subarray(at).toString('latin1'))
  if (run === null) return bytes
  const start = at + run.index
  const number = ['0', '-1', '99999999999', String(to), '4294967296'][byte % 5] ?? ''
  return Buffer.concat([bytes.subarray(0, start), Buffer.from(number), bytes.subarray(start + run[0].length)])
}

export const mutate = (input: Uint8Array, list: readonly Mutation[]): Uint8Array =>
  new Uint8Array(
    list.reduce<Buffer>((bytes, mutation) => (bytes.length === 0 ? bytes : apply(bytes, mutation)), Buffer.from(input)),
  )
