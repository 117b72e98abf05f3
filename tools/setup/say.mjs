/** What the two commands print: one line a step, a sign of life while a step takes long. */
const isTerminal = process.stdout.isTTY === true

export const say = (text = '') => process.stdout.write(`${text}\n`)

const seconds = (from) => `${((Date.now() - from) / 1000).toFixed(1)} s`

/**
 * Runs one step: `label …`, then `label: done (3.1 s)`. `work` gets a function that reports where it stands.
 * @template T
 * @param {string} label
 * @param {(report: (state: string) => void) => Promise<T>} work
 * @returns {Promise<T>}
 */
export const step = async (label, work) => {
  const from = Date.now()
  let state = ''
  let written = ''
  const draw = () => {
    const line = `  ${label} … ${state}`.trimEnd()
    if (isTerminal) process.stdout.write(`\r\u001b[K${line} (${seconds(from)})`)
    else if (line !== written) say(line)
    written = line
  }
  draw()
  const clock = setInterval(draw, isTerminal ? 250 : 10_000)
  const end = (text) => say(`${isTerminal ? '\r\u001b[K' : ''}  ${label}: ${text} (${seconds(from)})`)
  try {
    const value = await work((now) => {
      state = now
    })
    end('done')
    return value
  } catch (error) {
    end('failed')
    throw error
  } finally {
    clearInterval(clock)
  }
}
