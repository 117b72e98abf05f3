import { defineConfig } from 'vitest/config'

/** unit: pure and quick, part of `npm run check`. integration: real tokens, real browsers' protocols, real tools. */
export default defineConfig({
  test: {
    pool: 'forks',
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['{contract,pki,native,server,main,renderer,preload,tools,examples,bench}/**/*.test.{ts,tsx}'],
          exclude: ['**/*.integration.test.ts', '**/node_modules/**'],
          // What Electron has: no SM2, SM3, SM4.
          setupFiles: ['pki/testing/boringssl.ts'],
          testTimeout: 20_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['{contract,pki,native,server,main,renderer,tools,examples}/**/*.integration.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          // Windows and tools take their time on a busy machine.
          expect: { poll: { timeout: 15_000 } },
          maxWorkers: 2,
        },
      },
    ],
  },
})
