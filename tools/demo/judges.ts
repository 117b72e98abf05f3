/** Programs that others wrote judge a signed PDF: pdfsig (poppler, NSS), qpdf and openssl. */
import { execFile } from 'node:child_process'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'

export interface Verdict {
  readonly judge: 'pdfsig' | 'qpdf' | 'openssl'
  readonly command: string
  readonly isAccepted: boolean
  readonly output: string
}

interface Ran {
  readonly code: number
  readonly output: string
}

const run = (command: string, args: readonly string[]): Promise<Ran> =>
  new Promise((resolve) => {
    const env = { ...process.env, LC_ALL: 'C.UTF-8', LANGUAGE: 'C' }
    execFile(command, args, { env, maxBuffer: 16 * 1024 * 1024 }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 127
      resolve({ code, output: (stdout + stderr + (code === 127 ? (error?.message ?? '') : '')).trim() })
    })
  })

const must = async (command: string, args: readonly string[]): Promise<string> => {
  const { code, output } = await run(command, args)
  if (code !== 0) throw new Error(`${command} ended with ${code}: ${output}`)
  return output
}

const certificatesOf = (pem: string): string[] =>
  pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []

/** An NSS database that trusts the authorities of `caFile`: what pdfsig looks into. */
export const makeTrust = async (folder: string, caFile: string): Promise<string> => {
  const database = path.join(folder, 'nss')
  await rm(database, { recursive: true, force: true })
  await mkdir(database, { recursive: true })
  await must('certutil', ['-N', '-d', `sql:${database}`, '--empty-password'])
  for (const [index, pem] of certificatesOf(await readFile(caFile, 'utf8')).entries()) {
    const file = path.join(folder, `authority-${index}.pem`)
    await writeFile(file, `${pem}\n`)
    await must('certutil', ['-A', '-d', `sql:${database}`, '-n', `authority ${index}`, '-t', 'CT,CT,CT', '-i', file])
    await rm(file)
  }
  return database
}

export interface ExtractedSignature {
  readonly cms: Buffer
  /** The bytes under the signature: both ranges of /ByteRange. */
  readonly content: Buffer
  readonly coversWholeFile: boolean
}

/**
 * Length of the element at the beginning (X.690 §8.1.3): /Contents is filled up with zeros behind it. NSS writes BER of
 * indefinite length, which ends by itself.
 */
const derLength = (bytes: Buffer): number => {
  const first = bytes[1] ?? 0
  if (first < 0x80) return 2 + first
  if (first === 0x80) return bytes.length
  const count = first & 0x7f
  return 2 + count + bytes.readUIntBE(2, count)
}

/** Every signature of a PDF, by its /ByteRange (ISO 32000-1 §12.8.1), found without any of the product's own code. */
export const extractSignatures = (pdf: Buffer): ExtractedSignature[] => {
  const text = pdf.toString('latin1')
  return [...text.matchAll(/\/ByteRange\s*\[\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s*\]/g)].map((match) => {
    const [start = 0, length = 0, next = 0, rest = 0] = match.slice(1).map(Number)
    const hex = text.slice(start + length, next).replace(/[<>\s]/g, '')
    const filled = Buffer.from(hex, 'hex')
    return {
      cms: filled.subarray(0, derLength(filled)),
      content: Buffer.concat([pdf.subarray(start, start + length), pdf.subarray(next, next + rest)]),
      coversWholeFile: start === 0 && next + rest === pdf.length,
    }
  })
}

const askPdfsig = async (file: string, database: string): Promise<Verdict> => {
  const args = ['-nssdir', `sql:${database}`, file]
  const { code, output } = await run('pdfsig', args)
  const isAccepted =
    code === 0 &&
    output.includes('Signature is Valid.') &&
    output.includes('Certificate is Trusted.') &&
    output.includes('Total document signed') &&
    !/Signature is Invalid|Digest Mismatch/.test(output)
  return { judge: 'pdfsig', command: `pdfsig -nssdir nss ${path.basename(file)}`, isAccepted, output }
}

const askQpdf = async (file: string): Promise<Verdict> => {
  const { code, output } = await run('qpdf', ['--check', file])
  const command = `qpdf --check ${path.basename(file)}`
  return { judge: 'qpdf', command, isAccepted: code === 0, output }
}

const askOpenssl = async (file: string, caFile: string, folder: string): Promise<Verdict> => {
  const signature = extractSignatures(await readFile(file)).at(-1)
  const cms = path.join(folder, 'signature.der')
  const content = path.join(folder, 'signed-bytes.bin')
  const shown =
    'openssl cms -verify -binary -inform DER -in signature.der -content signed-bytes.bin -CAfile authorities.pem'
  if (!signature) return { judge: 'openssl', command: shown, isAccepted: false, output: 'no signature in the file' }
  await writeFile(cms, signature.cms)
  await writeFile(content, signature.content)
  const input = ['-inform', 'DER', '-in', cms, '-content', content]
  const args = ['cms', '-verify', '-binary', ...input, '-CAfile', caFile, '-purpose', 'any', '-out', '/dev/null']
  const { code, output } = await run('openssl', args)
  await rm(content)
  const isAccepted = code === 0 && signature.coversWholeFile
  return { judge: 'openssl', command: `${shown} -purpose any`, isAccepted, output }
}

/** All three; `folder` is for their files and keeps `signature.der`. */
export const judge = async (file: string, caFile: string, folder: string): Promise<Verdict[]> => {
  await mkdir(folder, { recursive: true })
  const database = await makeTrust(folder, caFile)
  return Promise.all([askPdfsig(file, database), askQpdf(file), askOpenssl(file, caFile, folder)])
}
