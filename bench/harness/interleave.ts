/** One thing to be timed: does its work once and answers milliseconds. */
export type Contender = () => Promise<number>

export const milliseconds = async (run: () => Promise<unknown>): Promise<number> => {
  const start = performance.now()
  await run()
  return performance.now() - start
}

/**
 * Runs the contenders in turn, one sample each per round, so that a slow spell of the machine hits all of them alike.
 * The order turns with every round: none always follows the same neighbour. Warm-up rounds are thrown away.
 */
export const interleave = async <Name extends string>(
  contenders: Readonly<Record<Name, Contender>>,
  options: { readonly rounds: number; readonly warmUp: number },
): Promise<Record<Name, number[]>> => {
  const names = Object.keys(contenders) as Name[]
  const samples = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>
  for (let round = -options.warmUp; round < options.rounds; round++) {
    for (let place = 0; place < names.length; place++) {
      const name = names[(place + Math.abs(round)) % names.length]!
      const value = await contenders[name]()
      if (round >= 0) samples[name].push(value)
    }
  }
  return samples
}
