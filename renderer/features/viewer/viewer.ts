import type { WindowApi } from '#contract/ipc.ts'
import { createRenderer } from './render-page.ts'

/** The hidden window: answers each `viewer.render` with a picture, one after the other, so that memory stays small. */
export const startViewer = (api: WindowApi) => {
  const renderer = createRenderer(async (documentId, offset, length) => {
    const result = await api.call('viewer.read', { documentId, offset, length })
    if (!result.ok) throw new Error(result.error.code)
    return result.value
  })
  let queue = Promise.resolve()

  api.on('viewer.render', ({ requestId, documentId, size, page, width }) => {
    queue = queue.then(async () => {
      try {
        const picture = await renderer.render({ documentId, size, page, width })
        await api.call('viewer.answer', { requestId, result: { ok: true, ...picture } })
      } catch (error) {
        const reason = (error instanceof Error ? `${error.name}: ${error.message}` : 'unknown').slice(0, 500)
        await api.call('viewer.answer', { requestId, result: { ok: false, reason } })
      }
    })
  })
  void api.call('viewer.ready', undefined)
}
