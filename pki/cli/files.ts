import { readFile } from 'node:fs/promises'

import { AppError } from '#contract/errors.ts'
import type { ErrorDetails } from '#contract/errors.ts'
import { fromBase64, fromUtf8, toLatin1 } from '../bytes/encodings.ts'
import { readPrivateKey } from '../keys/key-file.ts'
import { readPem } from '../keys/pem.ts'
import { readPkcs12 } from '../keys/pkcs12-read.ts'
import type { PrivateKey } from '../keys/private-key.ts'
import { parseCrl } from '../revocation/crl.ts'
import type { CertificateList } from '../revocation/crl.ts'
import { parseOcspResponse } from '../revocation/ocsp.ts'
import type { OcspResponse } from '../revocation/ocsp.ts'
import { parseCertificate } from '../x509/certificate.ts'
import type { Certificate } from '../x509/certificate.ts'
import { textOf, UsageError } from './arguments.ts'
import type { Arguments } from './arguments.ts'

/** Bytes of a reference: PEM itself, `base64:` and DER, or the path of a file. @throws UsageError when there is no such file */
export const loadBytes = async (reference: string): Promise<Uint8Array> => {
  if (reference.startsWith('-----BEGIN ')) return fromUtf8(reference)
  try {
    return reference.startsWith('base64:') ? fromBase64(reference.slice(7)) : new Uint8Array(await readFile(reference))
  } catch (error) {
    throw new UsageError(`${reference.slice(0, 200)}: ${error instanceof Error ? error.message : 'unreadable'}`)
  }
}

const pemLabels = { certificate: /^(X509 |TRUSTED )?CERTIFICATE$/, crl: /^X509 CRL$/, ocsp: /^OCSP RESPONSE$/ }

/** DER blocks of a file that is DER itself or PEM. */
const blocksOf = (bytes: Uint8Array, kind: keyof typeof pemLabels): Uint8Array[] => {
  if (!toLatin1(bytes.subarray(0, 4096)).includes('-----BEGIN ')) return [bytes]
  const blocks = readPem(bytes, 'certificate.malformed').filter(({ label }) => pemLabels[kind].test(label))
  if (blocks.length === 0) throw new AppError('certificate.malformed', { reason: `no_${kind}`, offset: 0 })
  return blocks.map(({ der }) => der)
}

/** Says which of several files cannot be read. */
const named = <T>(reference: string, read: () => T): T => {
  try {
    return read()
  } catch (error) {
    const isFile = !/^(base64:|-----BEGIN )/.test(reference)
    if (!isFile || !(error instanceof AppError)) throw error
    throw new AppError(error.code, { file: reference, ...error.details }, { cause: error })
  }
}

/** Files that are kept parsed. */
const MAX_KNOWN = 10_000

/** Parsed once: the cases of a batch share most of their files. */
const remembering = <T>(read: (bytes: Uint8Array) => T[]) => {
  const known = new Map<string, Promise<T[]>>()
  return async (references: readonly string[]): Promise<T[]> => {
    const lists = references.map((reference) => {
      const list = known.get(reference) ?? loadBytes(reference).then((bytes) => named(reference, () => read(bytes)))
      if (known.size >= MAX_KNOWN) known.clear()
      known.set(reference, list)
      return list
    })
    return (await Promise.all(lists)).flat()
  }
}

export const loadCertificates = remembering<Certificate>((bytes) =>
  blocksOf(bytes, 'certificate').map(parseCertificate),
)
export const loadCrls = remembering<CertificateList>((bytes) => blocksOf(bytes, 'crl').map(parseCrl))
export const loadOcspResponses = remembering<OcspResponse>((bytes) => blocksOf(bytes, 'ocsp').map(parseOcspResponse))

export interface Ignored {
  readonly file: string
  readonly error: string
  readonly details: ErrorDetails
}

/** What can be read of several files; the others are listed. A file that is not there is an error nevertheless. */
export const readableOf = async <T>(
  load: (references: readonly string[]) => Promise<T[]>,
  references: readonly string[],
  ignored: Ignored[],
): Promise<T[]> => {
  const items: T[] = []
  for (const reference of references) {
    try {
      for (const item of await load([reference])) items.push(item)
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      const { file: _, ...details } = error.details
      ignored.push({ file: reference.slice(0, 200), error: error.code, details })
    }
  }
  return items
}

export const loadCertificate = async (reference: string): Promise<Certificate> => {
  const [certificate] = await loadCertificates([reference])
  if (certificate === undefined) throw new UsageError(`${reference}: no certificate`)
  return certificate
}

/** From `--password-file` or the environment, never from the command line, which others can see. */
const passwordOf = async (given: Arguments): Promise<string | undefined> => {
  const file = textOf(given, 'password-file')
  return file === undefined ? process.env.PKI_PASSWORD : (await readFile(file, 'utf8')).replace(/\r?\n$/, '')
}

export interface Holder {
  readonly key: PrivateKey
  readonly certificate: Certificate
  readonly chain: readonly Certificate[]
}

/** The key and certificate of `--pkcs12`, or of `--key` and `--certificate`. @throws UsageError, key.* */
export const loadHolder = async (given: Arguments): Promise<Holder> => {
  const [pkcs12, keyFile, certificateFile] = ['pkcs12', 'key', 'certificate'].map((name) => textOf(given, name))
  const password = await passwordOf(given)
  const more = await loadCertificates((given.values.chain as readonly string[] | undefined) ?? [])
  if (pkcs12 !== undefined) {
    const { keys, certificates } = await readPkcs12(await loadBytes(pkcs12), password)
    const wanted = certificateFile === undefined ? undefined : await loadCertificate(certificateFile)
    const entry = keys.find(
      ({ certificate }) =>
        certificate !== null && (wanted?.fingerprint ?? certificate.fingerprint) === certificate.fingerprint,
    )
    if (entry === undefined || entry.certificate === null)
      throw new UsageError(`${pkcs12}: no key with its certificate`)
    const { key, certificate } = entry
    const others = certificates.map((item) => item.certificate)
    return {
      key,
      certificate,
      chain: [...others.filter(({ fingerprint }) => fingerprint !== certificate.fingerprint), ...more],
    }
  }
  if (keyFile === undefined || certificateFile === undefined) {
    throw new UsageError('--key and --certificate are wanted, or --pkcs12')
  }
  const [key, [certificate, ...chain]] = [
    await readPrivateKey(await loadBytes(keyFile), password),
    await loadCertificates([certificateFile]),
  ]
  if (certificate === undefined) throw new UsageError(`${certificateFile}: no certificate`)
  return { key, certificate, chain: [...chain, ...more] }
}
