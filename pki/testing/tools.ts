import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

/** Outcome of a tool that judges our files; a refusal is a result, not an exception. */
interface ToolResult {
  readonly status: number
  readonly output: string
}

export interface Workbench {
  readonly directory: string
  file(name: string): string
  write(name: string, content: Uint8Array | string): Promise<string>
  run(tool: string, ...args: string[]): Promise<ToolResult>
  close(): Promise<void>
}

/** A folder of its own under the system's temporary one, in which the tools run. */
export const createWorkbench = async (): Promise<Workbench> => {
  const directory = await mkdtemp(path.join(tmpdir(), 'pki-'))
  const file = (name: string): string => path.join(directory, name)
  return {
    directory,
    file,
    write: async (name, content) => {
      await writeFile(file(name), content)
      return file(name)
    },
    run: (tool, ...args) =>
      new Promise((resolve, reject) => {
        execFile(tool, args, { cwd: directory, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
          if (error !== null && typeof error.code !== 'number')
            reject(new Error(`${tool} did not run`, { cause: error }))
          else resolve({ status: error === null ? 0 : Number(error.code), output: `${stdout}${stderr}` })
        })
      }),
    close: () => rm(directory, { recursive: true, force: true }),
  }
}
