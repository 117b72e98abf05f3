import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { expect, test } from 'vitest'

test.skipIf(process.platform === 'win32')("a process is told when npm's shell above it has ended", async () => {
  const script = `
    import { whenOrphaned } from ${JSON.stringify(path.join(import.meta.dirname, 'orphan.mjs'))}
    whenOrphaned(() => { process.stdout.write('alone'); process.exit(0) })
    setTimeout(() => process.exit(1), 10_000)
    process.stdout.write('ready ')`
  const shell = spawn('sh', ['-c', '"$0" --input-type=module -e "$1"; true', process.execPath, script])
  let output = ''
  shell.stdout.on('data', (text: Buffer) => (output += text.toString()))
  await once(shell.stdout, 'data')
  shell.kill('SIGTERM')
  await once(shell.stdout, 'close')
  expect(output).toBe('ready alone')
})
