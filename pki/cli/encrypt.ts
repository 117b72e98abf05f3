import { ciphers } from '../algorithms/cipher.ts'
import type { ContentCipher } from '../cms/enveloped/content-encryption.ts'
import { openEnvelope } from '../cms/enveloped/decrypt.ts'
import { encryptEnvelope } from '../cms/enveloped/encrypt.ts'
import { listOf, onlyFile, required, textOf, UsageError } from './arguments.ts'
import type { Arguments } from './arguments.ts'
import { decryptBidFile, encryptBidFile } from './bid.ts'
import { loadCertificates, loadHolder } from './files.ts'
import { done } from './outcome.ts'
import type { Outcome } from './outcome.ts'
import { certificateName } from './reports.ts'
import { fileSink, streamFile, writeAll } from './streams.ts'

const isContentCipher = (name: string): name is ContentCipher => Object.hasOwn(ciphers, name) && name !== 'des-ede3-cbc'

const rsaPaddings = ['rsa-pkcs1', 'rsa-oaep-sha1', 'rsa-oaep-sha256'] as const
type RsaPaddingName = (typeof rsaPaddings)[number]
const isRsaPadding = (name: string): name is RsaPaddingName => (rsaPaddings as readonly string[]).includes(name)

/** EnvelopedData or AuthEnvelopedData (`cms`), GB/T 35275 (`gm`). */
export const encryptCommand = async (given: Arguments): Promise<Outcome> => {
  const [file, out] = [onlyFile(given), required(given, 'out')]
  const format = textOf(given, 'format') ?? 'cms'
  if (format !== 'cms' && format !== 'gm') throw new UsageError(`--format ${format}: cms or gm`)
  const cipher = textOf(given, 'cipher') ?? (format === 'gm' ? 'sm4-cbc' : 'aes-256-gcm')
  if (!isContentCipher(cipher)) throw new UsageError(`--cipher ${cipher}: one of ${Object.keys(ciphers).join(', ')}`)
  const padding = textOf(given, 'rsa-padding')
  if (padding !== undefined && !isRsaPadding(padding)) {
    throw new UsageError(`--rsa-padding ${padding}: one of ${rsaPaddings.join(', ')}`)
  }
  const certificates = await loadCertificates(listOf(given, 'recipient') ?? [])
  if (certificates.length === 0) throw new UsageError('--recipient is missing')
  const recipients = certificates.map((certificate) => ({
    certificate,
    ...(padding === undefined ? {} : { keyEncryption: padding }),
  }))
  const manifest = textOf(given, 'manifest')
  if (manifest !== undefined) return encryptBidFile(given, { file, out, manifest }, recipients)
  const message = encryptEnvelope({ recipients, cipher, syntax: format }, streamFile(file))
  return done({ out, cipher, recipients: certificates.map(certificateName), size: await writeAll(out, message) })
}

export const decryptCommand = async (given: Arguments): Promise<Outcome> => {
  const [file, out] = [onlyFile(given), required(given, 'out')]
  const manifest = textOf(given, 'manifest')
  const holder = await loadHolder(given)
  try {
    if (manifest !== undefined) return await decryptBidFile({ file, out, manifest }, holder)
    const envelope = await openEnvelope(streamFile(file))
    return done({ out, ...(await envelope.decrypt(holder, await fileSink(out))) })
  } finally {
    holder.key.erase()
  }
}
