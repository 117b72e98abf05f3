import path from 'node:path'
import type { Page } from '@playwright/test'

export interface Album {
  readonly take: (page: Page, name: string, caption: string) => Promise<void>
  /** A picture that is made elsewhere. */
  readonly add: (name: string, caption: string) => void
  /** Markdown: every picture with its caption. */
  readonly lines: () => string[]
}

/** Motion settles (under 200 ms) and fonts are there before a picture is taken. */
const SETTLE_MS = 600

/** Numbered screenshots in the order of the story. */
export const createAlbum = (folder: string, theme: 'light' | 'dark'): Album => {
  const pictures: { file: string; caption: string }[] = []
  return {
    take: async (page, name, caption) => {
      const file = `${theme}-${String(pictures.length + 1).padStart(2, '0')}-${name}.png`
      await page.waitForTimeout(SETTLE_MS)
      await page.screenshot({ path: path.join(folder, file) })
      pictures.push({ file, caption })
    },
    add: (name, caption) => {
      pictures.push({ file: `${name}.png`, caption })
    },
    lines: () => [
      `## In ${theme}`,
      '',
      ...pictures.flatMap(({ file, caption }) => [`${caption}:`, '', `![${caption}](pictures/${file})`, '']),
    ],
  }
}
