import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { AppError } from '#contract/errors.ts'
import { silentLog } from '../testing/core-harness.ts'
import { createViewer, type Viewer } from './viewer.ts'

const png = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1])
const log: string[] = []
let viewer: Viewer
let requests: { requestId: number; documentId: string; page: number }[]

beforeEach(() => {
  vi.useFakeTimers()
  log.length = 0
  requests = []
  viewer = createViewer({
    surface: {
      open: () => log.push('open'),
      destroy: () => log.push('destroy'),
      send: (name, payload) => {
        log.push(name)
        if ('requestId' in payload) requests.push(payload)
      },
    },
    sizeOf: () => 1000,
    read: (id) => Promise.resolve(new TextEncoder().encode(id)),
    log: silentLog,
  })
})
afterEach(() => {
  vi.useRealTimers()
})

const answer = (requestId: number, bytes = png) =>
  viewer.answer(requestId, { ok: true, png: bytes, widthMm: 210, heightMm: 297 })
const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'nothing was thrown',
    (error: unknown) => (error instanceof AppError ? error.code : String(error)),
  )

describe('F17 the hidden viewer', () => {
  test('ok/starts when first needed and draws one page at a time', async () => {
    const first = viewer.render('a', 1, 600)
    const second = viewer.render('a', 2, 600)
    expect(log).toEqual(['open'])
    viewer.ready()
    expect(requests.map(({ page }) => page)).toEqual([1])
    answer(requests[0]!.requestId)
    expect(requests.map(({ page }) => page)).toEqual([1, 2])
    answer(requests[1]!.requestId)
    await expect(first).resolves.toMatchObject({ widthMm: 210 })
    await expect(second).resolves.toMatchObject({ heightMm: 297 })
  })

  test('fail/it hangs: ended after the limit, the next page gets a new one', async () => {
    const first = codeOf(viewer.render('a', 1, 600))
    const second = viewer.render('a', 2, 600)
    viewer.ready()
    vi.advanceTimersByTime(20_001)
    expect(await first).toBe('operation.failed')
    expect(log).toEqual(['open', 'viewer.render', 'destroy', 'open'])
    viewer.ready()
    answer(requests.at(-1)!.requestId)
    await expect(second).resolves.toBeDefined()
  })

  test('fail/it crashes: the page fails, a late answer belongs to nobody', async () => {
    const first = codeOf(viewer.render('a', 1, 600))
    viewer.ready()
    viewer.crashed()
    expect(await first).toBe('operation.failed')
    const second = viewer.render('a', 2, 600)
    viewer.ready()
    answer(requests[0]!.requestId)
    answer(requests[1]!.requestId)
    await expect(second).resolves.toBeDefined()
  })

  test('fail/a page that cannot be drawn, and an answer that is no picture', async () => {
    const first = codeOf(viewer.render('a', 1, 600))
    const second = codeOf(viewer.render('a', 2, 600))
    viewer.ready()
    viewer.answer(requests[0]!.requestId, { ok: false, reason: 'bad xref' })
    answer(requests[1]!.requestId, new TextEncoder().encode('<svg onload=…>'))
    expect(await first).toBe('document.damaged')
    expect(await second).toBe('operation.failed')
  })

  test('ok/between two questions it is ended: nothing of one document reaches the next', async () => {
    const first = codeOf(viewer.render('a', 1, 600))
    const second = codeOf(viewer.render('a', 2, 600))
    viewer.ready()
    viewer.close()
    expect(await Promise.all([first, second])).toEqual([
      'operation.cancelled_by_caller',
      'operation.cancelled_by_caller',
    ])
    expect(log).toEqual(['open', 'viewer.render', 'destroy'])
    viewer.close()
    const third = viewer.render('b', 1, 600)
    expect(log.at(-1)).toBe('open')
    viewer.ready()
    answer(requests.at(-1)!.requestId)
    await expect(third).resolves.toBeDefined()
  })

  test('fail/it reads nothing but the document it draws', async () => {
    void viewer.render('a', 1, 600).catch(() => undefined)
    viewer.ready()
    expect(new TextDecoder().decode(await viewer.read('a', 0, 10))).toBe('a')
    expect(await codeOf(viewer.read('b', 0, 10))).toBe('program.forbidden')
    answer(requests[0]!.requestId)
    expect(await codeOf(viewer.read('a', 0, 10))).toBe('program.forbidden')
  })
})
