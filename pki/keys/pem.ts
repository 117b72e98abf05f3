import { AppError } from '#contract/errors.ts'
import type { ErrorCode } from '#contract/errors.ts'
import { fromBase64, toBase64, toLatin1 } from '../bytes/encodings.ts'

export interface PemBlock {
  /** What stands behind BEGIN, e.g. `PRIVATE KEY`. */
  readonly label: string
  readonly der: Uint8Array
}

const MAX_TEXT = 4 * 1024 * 1024
const begin = /-----BEGIN ([A-Z0-9 ]{1,64})-----/g

const readBlock = (label: string, body: string, fail: (reason: string) => AppError): PemBlock => {
  const [content = '', end = ''] = body.split('-----END ')
  if (!end.startsWith(`${label}-----`)) throw fail('pem_labels_differ')
  if (/^\s*Proc-Type:/.test(content)) throw new AppError('key.unsupported', { reason: 'pem_traditional_encryption' })
  try {
    return { label, der: fromBase64(content) }
  } catch {
    // Not base64: said with the place instead.
    throw fail('pem_base64')
  }
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

/** One block, 64 characters a line. */
export const writePem = (label: string, der: Uint8Array): string =>
  `-----BEGIN ${label}-----\n${toBase64(der).replaceAll(/.{1,64}/g, '$&\n')}-----END ${label}-----\n`
