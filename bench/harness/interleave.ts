/** One thing to be timed: does its work once and answers milliseconds. */
export type Contender = () => Promise<number>

export const milliseconds = async (run: () => Promise<unknown>): Promise<number> => {
  const start = performance.now()
  await run()
  return performance.now() - start
}

/** The same for what does not wait. */
export const timed = (run: () => unknown): Promise<number> => {
  const start = performance.now()
  run()
  return Promise.resolve(performance.now() - start)
}

export interface Rounds<Name extends string> {
  readonly rounds: number
  /** Rounds at the beginning that are thrown away. */
  readonly warmUp: number
  /** Samples of a contender in a row. Above 1 where the others would leave it a cold cache: what is told is its own pace. */
  readonly block?: number
  /** Contenders with another number of samples in a row. */
  readonly only?: Partial<Readonly<Record<Name, number>>>
}

/**
 * Runs the contenders in turn, so that a slow spell of the machine hits all of them alike. The order turns with every
 * round: none always follows the same neighbour.
 */
export const interleave = async <Name extends string>(
  contenders: Readonly<Record<Name, Contender>>,
  { rounds, warmUp, block = 1, only = {} }: Rounds<Name>,
): Promise<Record<Name, number[]>> => {
  const names = Object.keys(contenders) as Name[]
  const samples = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>
  for (let round = -warmUp; round < rounds; round++) {
    for (let place = 0; place < names.length; place++) {
      const name = names[(place + Math.abs(round)) % names.length]!
      const count = (only as Partial<Record<Name, number>>)[name] ?? block
      for (let sample = 0; sample < count; sample++) {
        const value = await contenders[name]()
        if (round >= 0) samples[name].push(value)
      }
    }
  }
  return samples
}
