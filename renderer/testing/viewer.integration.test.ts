import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { namedFontPdf } from './paper.ts'
import { createStage, renderPages, type Stage } from './stage.ts'

let stage: Stage

beforeAll(async () => {
  stage = await createStage()
}, 120_000)
afterEach(() => stage.workbench.closePages())
afterAll(() => stage.workbench.close())

describe('the viewer', () => {
  it('turns pages of a PDF into pictures, reading ranges, in a worker, within the policy', async () => {
    const { answers, failures, complaints, reads, workers } = await renderPages(stage.workbench, stage.pdf, [2, 1], 600)
    expect(failures).toEqual([])
    expect(complaints).toEqual([])
    expect(workers).toBe(1)
    expect(Math.max(...reads)).toBeLessThanOrEqual(4 * 1024 * 1024)
    const first = answers.get(1)
    expect([Math.round(first?.widthMm ?? 0), Math.round(first?.heightMm ?? 0)]).toEqual([210, 297])
    expect(Buffer.from(first?.png.subarray(1, 4) ?? []).toString()).toBe('PNG')
    expect(Buffer.from(first?.png ?? []).readUInt32BE(16)).toBe(600)
  })

  it('draws Chinese text of a font that is not embedded, with the character maps it ships', async () => {
    const { answers, failures, complaints } = await renderPages(stage.workbench, namedFontPdf(), [1], 600)
    expect(failures).toEqual([])
    expect(complaints).toEqual([])
    expect(answers.get(1)?.png.length).toBeGreaterThan(3000)
  })

  it('answers with a reason when the bytes are no PDF', async () => {
    const { failures } = await renderPages(
      stage.workbench,
      new TextEncoder().encode('this is no PDF at all'.repeat(40)),
      [1],
      600,
    )
    expect(failures).toHaveLength(1)
    expect(failures[0]).toContain('InvalidPDF')
  })
})
