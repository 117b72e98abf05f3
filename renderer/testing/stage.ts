import { expect, vi } from 'vitest'
import type { ConsentView } from '#contract/client.ts'
import { consentView } from './consent-fixtures.ts'
import type { Answers } from './fake-main.ts'
import { companySeal, settings } from './fixtures.ts'
import { roundSealPicture, squareSealPicture, tenderPdf } from './paper.ts'
import { createWorkbench, type Opened, type OpenOptions, type Workbench } from './workbench.ts'

export const until = (condition: () => boolean) =>
  vi.waitFor(
    () => {
      if (!condition()) throw new Error('not yet')
    },
    { timeout: 20_000, interval: 20 },
  )

/** What the hidden viewer makes of a PDF, and what it asked for on the way. */
export const renderPages = async (workbench: Workbench, pdf: Uint8Array, pages: readonly number[], width: number) => {
  const answers = new Map<number, { png: Uint8Array; widthMm: number; heightMm: number }>()
  const failures: string[] = []
  const reads: number[] = []
  const opened = await workbench.open('viewer', {
    answers: {
      'viewer.read': ({ offset, length }) => {
        reads.push(length)
        return pdf.slice(offset, offset + length)
      },
      'viewer.answer': ({ requestId, result }) => {
        if (result.ok) answers.set(requestId, result)
        else failures.push(result.reason)
      },
    },
  })
  await until(() => opened.main.asked.some(({ name }) => name === 'viewer.ready'))
  for (const page of pages)
    await opened.main.emit('viewer.render', { requestId: page, documentId: 'doc_1', size: pdf.length, page, width })
  await until(() => answers.size + failures.length === pages.length)
  const complaints = [...opened.complaints]
  const workers = opened.page.workers().length
  return { answers, failures, complaints, reads, workers }
}

export const shows = async ({ page }: Opened, text: string) => {
  await page.getByText(text).first().waitFor()
}

/** The calls that the window made so far, by name. */
export const asked = ({ main }: Opened): readonly string[] => main.asked.map(({ name }) => name)

/** The windows with a tender of four pages and two seals, as a person meets them. */
export const createStage = async () => {
  const workbench = await createWorkbench()
  const pdf = await tenderPdf(workbench.browser)
  const rendered = await renderPages(workbench, pdf, [1, 2, 3, 4], 1000)
  const pages = new Map([...rendered.answers].map(([page, { png }]) => [page, png]))
  const round = await roundSealPicture(workbench.browser, '北京华建伟业工程咨询有限公司')
  const square = await squareSealPicture(workbench.browser)
  const common: Answers = {
    'settings.get': () => ({ ...settings, theme: 'system' }),
    'seals.picture': ({ id }) => ({ mediaType: 'image/png', bytes: id === companySeal.id ? round : square }),
  }

  return {
    workbench,
    pdf,
    /** The first page as a picture. */
    paper: pages.get(1) ?? new Uint8Array(),
    consent: (view: Partial<ConsentView>, more: Answers = {}, options: OpenOptions = {}) =>
      workbench.open('consent', {
        ...options,
        answers: {
          ...common,
          'consent.get': () => consentView(view),
          'consent.page': ({ page }) => ({ png: pages.get(page) ?? new Uint8Array(), widthMm: 210, heightMm: 297 }),
          ...more,
        },
      }),
    main: (path: string, options: OpenOptions = {}) =>
      workbench.open('main', { ...options, path, answers: { ...common, ...options.answers } }),
    /** Nothing wrong in the light theme, nor in the dark one; a picture of each. */
    clean: async (opened: Opened, name: string) => {
      expect(await workbench.inspect(opened, `${name}-light`)).toEqual([])
      await opened.page.emulateMedia({ colorScheme: 'dark' })
      await opened.page.locator('html[data-theme=dark]').waitFor()
      expect(await workbench.inspect(opened, `${name}-dark`)).toEqual([])
    },
  }
}

export type Stage = Awaited<ReturnType<typeof createStage>>
