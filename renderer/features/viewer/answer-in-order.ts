export type Answered<Picture> = ({ readonly ok: true } & Picture) | { readonly ok: false; readonly reason: string }

/** Up to 500 characters, as main takes them. */
const reasonOf = (error: unknown) =>
  (error instanceof Error ? `${error.name}: ${error.message}` : 'unknown').slice(0, 500)

/**
 * Renders one request after the other, so that memory stays small, and answers each. An answer that is not taken is given
 * once more as a failure; whatever comes of it, the next request has its turn.
 */
export const answerInOrder = <Request, Picture extends object>(
  render: (request: Request) => Promise<Picture>,
  answer: (requestId: number, result: Answered<Picture>) => Promise<unknown>,
) => {
  let queue = Promise.resolve()
  return (requestId: number, request: Request): Promise<void> => {
    queue = queue
      .then(async () => {
        await answer(requestId, { ok: true, ...(await render(request)) })
      })
      .catch(async (error: unknown) => {
        await answer(requestId, { ok: false, reason: reasonOf(error) })
      })
      // Main takes no answer at all: it has given up on the request by its own time limit.
      .catch(() => undefined)
    return queue
  }
}
