/** The `data` lines of a `text/event-stream` body, parsed as JSON, until it ends or breaks. */
export async function* readEvents(answer: Response): AsyncGenerator {
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader()
  if (reader === undefined) return
  let rest = ''
  try {
    for (;;) {
      const { value } = await reader.read().catch(() => ({ value: undefined }))
      if (value === undefined) return
      const blocks = (rest + value).split('\n\n')
      rest = blocks.pop() ?? ''
      for (const block of blocks) {
        const data = /^data: (.*)$/m.exec(block)?.[1]
        if (data !== undefined) yield JSON.parse(data)
      }
    }
  } finally {
    await reader.cancel().catch(() => undefined)
  }
}
