import { describe, expect, it, vi } from 'vitest'
import { answerInOrder } from './answer-in-order.ts'

describe('pages are rendered one after the other', () => {
  it('ok/with the picture, or the reason why there is none', async () => {
    const answer = vi.fn(async () => undefined)
    const take = answerInOrder(async (page: number) => {
      if (page === 2) throw new Error('damaged')
      return { png: page }
    }, answer)
    void take(1, 1)
    await take(2, 2)
    expect(answer.mock.calls).toEqual([
      [1, { ok: true, png: 1 }],
      [2, { ok: false, reason: 'Error: damaged' }],
    ])
  })

  it('ok/also after an answer that main did not take', async () => {
    const answer = vi.fn(async () => undefined)
    answer.mockRejectedValueOnce(new Error('refused')).mockRejectedValueOnce(new Error('refused'))
    const take = answerInOrder(async (page: number) => ({ png: page }), answer)
    await take(1, 1)
    await take(2, 2)
    expect(answer).toHaveBeenLastCalledWith(2, { ok: true, png: 2 })
  })
})
