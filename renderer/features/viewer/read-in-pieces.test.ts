import { describe, expect, it } from 'vitest'
import { largestPiece, readInPieces } from './read-in-pieces.ts'

const document = new Uint8Array(2 * largestPiece + 10).map((_, index) => index % 251)

describe('readInPieces', () => {
  it('joins pieces that are no larger than main hands out', async () => {
    const lengths: number[] = []
    const bytes = await readInPieces(
      async (_, offset, length) => {
        lengths.push(length)
        return document.slice(offset, offset + length)
      },
      'doc',
      3,
      2 * largestPiece,
    )
    expect(lengths).toEqual([largestPiece, largestPiece])
    expect(bytes.every((byte, index) => byte === document[index + 3])).toBe(true)
  })

  it.each([
    ['fail/the document is shorter than said', new Uint8Array()],
    ['fail/more than was asked for', new Uint8Array(20)],
  ])('%s', async (_, answer) => {
    await expect(readInPieces(() => Promise.resolve(answer), 'doc', 0, 10)).rejects.toThrow('ended early')
  })
})
