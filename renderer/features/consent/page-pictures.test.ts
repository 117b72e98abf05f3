import { describe, expect, it } from 'vitest'
import { createPagePictures, type PageKey } from './page-pictures.ts'

const key = (page: number): PageKey => ({ documentId: 'doc', page, width: 400 })

describe('pages seen', () => {
  it('are asked for once, and again after a failure', async () => {
    const asked: number[] = []
    const picture = createPagePictures(({ page }) => {
      asked.push(page)
      if (asked.length === 2) return Promise.reject(new Error('not drawn'))
      return Promise.resolve({ png: new Uint8Array([page]), widthMm: 210, heightMm: 297 })
    })
    await picture(key(1))
    await picture(key(1))
    await expect(picture(key(2))).rejects.toThrow('not drawn')
    await picture(key(2))
    expect(asked).toEqual([1, 2, 2])
  })

  it('are kept twelve at a time, the least recently seen goes first', async () => {
    const asked: number[] = []
    const picture = createPagePictures(({ page }) => {
      asked.push(page)
      return Promise.resolve({ png: new Uint8Array(), widthMm: 1, heightMm: 1 })
    })
    for (let page = 1; page <= 12; page += 1) await picture(key(page))
    await picture(key(1))
    await picture(key(13))
    await picture(key(1))
    await picture(key(2))
    expect(asked.slice(12)).toEqual([13, 2])
  })
})
