import { execFile } from 'node:child_process'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'

import { expect, it } from 'vitest'

const root = path.resolve(import.meta.dirname, '..')

it('the program of docs/how-to/use-pki.md runs as it stands there', async () => {
  const text = await readFile(path.join(root, 'docs/how-to/use-pki.md'), 'utf8')
  const program = [...text.matchAll(/^```ts\n([\s\S]*?)^```/gm)].map(([, code]) => code).join('\n')
  const folder = path.join(root, 'out/how-to')
  const file = path.join(folder, 'use-pki.ts')
  await mkdir(folder, { recursive: true })
  await writeFile(file, program)
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [file])
    expect(stdout.trim().split('\n')).toEqual([
      'valid: true',
      expect.stringMatching(/^#0 .*It has expired at the time of the check\./),
      expect.stringMatching(/^#1 .*It has expired at the time of the check\./),
      'signature: true []',
      'decrypted: 投标文件',
      'POST as application/timestamp-query: true',
    ])
  } finally {
    await rm(folder, { recursive: true })
  }
})
