import { AppError } from '#contract/errors.ts'
import type { ErrorCode } from '#contract/errors.ts'
import { tag } from '../asn1/tags.ts'
import { fromBase64, toBase64, toLatin1 } from '../bytes/encodings.ts'

export interface PemBlock {
  /** What stands behind BEGIN, e.g. `PRIVATE KEY`. */
  readonly label: string
  readonly der: Uint8Array
}

const MAX_TEXT = 4 * 1024 * 1024
const begin = /-----BEGIN ([A-Z0-9 ]{1,64})-----/g

const tryBase64 = (text: string): Uint8Array | null => {
  try {
    return fromBase64(text)
  } catch {
    // Not base64: what that means is for the caller to say.
    return null
  }
}

const readBlock = (label: string, body: string, fail: (reason: string) => AppError): PemBlock => {
  const [content = '', end = ''] = body.split('-----END ')
  if (!end.startsWith(`${label}-----`)) throw fail('pem_labels_differ')
  if (/^\s*Proc-Type:/.test(content)) throw new AppError('key.unsupported', { reason: 'pem_traditional_encryption' })
  const der = tryBase64(content)
  if (der === null) throw fail('pem_base64')
  return { label, der }
}

/**
 * All blocks of a text (RFC 7468), whatever stands between them. None: an empty list.
 * @throws the given code with reason and offset: `pem_labels_differ`, `pem_base64`, `pem_unfinished`, `too_long`
 * @throws key.unsupported for the headers of RFC 1421, a protection by one round of MD5
 */
export const readPem = (bytes: Uint8Array, code: ErrorCode): PemBlock[] => {
  if (bytes.length > MAX_TEXT) throw new AppError(code, { reason: 'too_long', offset: MAX_TEXT })
  const text = toLatin1(bytes)
  const blocks: PemBlock[] = []
  for (const { 0: line, 1: label = '', index } of text.matchAll(begin)) {
    const fail = (reason: string): AppError => new AppError(code, { reason, offset: index })
    const start = index + line.length
    const end = text.indexOf('-----END ', start)
    if (end < 0) throw fail('pem_unfinished')
    blocks.push(readBlock(label, text.slice(start, end + 80), fail))
  }
  return blocks
}

export interface DerFileKind {
  readonly code: ErrorCode
  /** Of the block that is wanted. */
  readonly label: RegExp
  /** Reason when there is none, e.g. `no_private_key`. */
  readonly missing: string
}

/**
 * DER from a file of either form: as it is, in PEM among other blocks, or as base64 without any lines around it, as Java and
 * CAs' pages hand it out. @throws the code with the reason `missing`, `several_blocks`, or those of `readPem`
 */
export const readDerFile = (file: Uint8Array, { code, label, missing }: DerFileKind): Uint8Array => {
  if (file[0] === tag.sequence) return file
  const blocks = readPem(file, code)
  const [wanted, second] = blocks.filter((block) => label.test(block.label))
  if (second !== undefined) throw new AppError(code, { reason: 'several_blocks', offset: 0 })
  if (wanted !== undefined) return wanted.der
  const bare = blocks.length === 0 ? tryBase64(toLatin1(file)) : null
  if (bare?.[0] === tag.sequence) return bare
  throw new AppError(code, { reason: missing, offset: 0 })
}

/** One block, 64 characters a line. */
export const writePem = (label: string, der: Uint8Array): string =>
  `-----BEGIN ${label}-----\n${toBase64(der).replaceAll(/.{1,64}/g, '$&\n')}-----END ${label}-----\n`
