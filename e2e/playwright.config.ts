import path from 'node:path'
import { defineConfig } from '@playwright/test'

const out = path.join(import.meta.dirname, '../out/e2e')

/**
 * Whole windows and real browsers. Each test has its own keys, data, platform server, client and the
 * client's own port; one at a time, because each starts two browsers.
 */
export default defineConfig({
  testDir: './specs',
  outputDir: path.join(out, 'results'),
  workers: 1,
  timeout: 90_000,
  expect: { timeout: 15_000 },
  forbidOnly: true,
  reporter: [
    ['list'],
    ['json', { outputFile: process.env.PLAYWRIGHT_JSON_OUTPUT_NAME ?? path.join(out, 'report.json') }],
  ],
})
