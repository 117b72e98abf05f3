import type { WindowApi } from '#contract/ipc.ts'
import { answerInOrder } from './answer-in-order.ts'
import { createRenderer } from './render-page.ts'

/** The hidden window: answers each `viewer.render` with a picture or the reason why there is none. */
export const startViewer = (api: WindowApi) => {
  const { render } = createRenderer(async (documentId, offset, length) => {
    const result = await api.call('viewer.read', { documentId, offset, length })
    if (!result.ok) throw new Error(result.error.code)
    return result.value
  })
  const take = answerInOrder(render, (requestId, result) => api.call('viewer.answer', { requestId, result }))
  api.on('viewer.render', ({ requestId, ...request }) => void take(requestId, request))
  void api.call('viewer.ready', undefined)
}
