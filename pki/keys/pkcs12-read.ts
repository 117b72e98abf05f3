import { AppError } from '#contract/errors.ts'
import { Asn1Error } from '../asn1/error.ts'
import { bytesEqual } from '../bytes/encodings.ts'
import { parseCertificate } from '../x509/certificate.ts'
import type { Certificate } from '../x509/certificate.ts'
import { openEncryptedPrivateKey } from './key-file.ts'
import { createWorkLimit } from './key-derivation.ts'
import type { Weakness, WorkLimit } from './key-derivation.ts'
import { decryptWithPassword, erasePassword, passwordBytes } from './password-encryption.ts'
import type { PasswordBytes } from './password-encryption.ts'
import { isMacOf } from './pkcs12-mac.ts'
import { readPfx, readSafeBags, readSafeParts } from './pkcs12-structure.ts'
import type { Pfx, SafeBag, SafePart } from './pkcs12-structure.ts'
import { openPrivateKey } from './private-key.ts'
import type { PrivateKey } from './private-key.ts'

interface Labels {
  readonly friendlyName: string | null
  /** Hex. */
  readonly localKeyId: string | null
}

export interface KeyEntry extends Labels {
  readonly key: PrivateKey
  /** The one with this public key, whatever the labels say; null where there is none. */
  readonly certificate: Certificate | null
}

export interface Pkcs12 {
  readonly keys: readonly KeyEntry[]
  /** All of them, those of the keys included. */
  readonly certificates: readonly (Labels & { readonly certificate: Certificate })[]
  /** False: no MAC. Keys fit their certificates nevertheless, but certificates may have been added. */
  readonly isAuthenticated: boolean
  /** What is weak in its MAC and its encryption: such a file is better written anew. Sorted. */
  readonly weaknesses: readonly Weakness[]
}

const MAX_FILE = 4 * 1024 * 1024

/** An empty password is written as two zero bytes or as nothing, whatever the user meant: both are tried. */
const candidates = (password: string | undefined): PasswordBytes[] =>
  password === undefined || password === ''
    ? [passwordBytes(password), passwordBytes(password === '' ? undefined : '')]
    : [passwordBytes(password)]

const passwordWrong = (): AppError => new AppError('key.password_wrong')

/** A failure of decryption or of what it gave: the wrong password. Unsupported stays what it is. */
const asPassword = (error: unknown): unknown =>
  (error instanceof AppError && error.code !== 'key.unsupported') || error instanceof Asn1Error
    ? passwordWrong()
    : error

const openPart = async (part: SafePart, password: PasswordBytes, limit: WorkLimit) => {
  if (part.kind === 'data') return readSafeBags(part.bytes)
  let plaintext: Uint8Array | undefined
  try {
    plaintext = await decryptWithPassword(part.algorithm, part.ciphertext, password, limit)
    return readSafeBags(plaintext)
  } catch (error) {
    throw asPassword(error)
  } finally {
    plaintext?.fill(0)
  }
}

const openKey = (bag: SafeBag, password: PasswordBytes, limit: WorkLimit): Promise<PrivateKey> | PrivateKey =>
  bag.kind === 'key' ? openPrivateKey(bag.value) : openEncryptedPrivateKey(bag.value, password, limit)

const readBags = async (bags: readonly SafeBag[], password: PasswordBytes, limit: WorkLimit) => {
  const certificates = bags
    .filter(({ kind }) => kind === 'certificate')
    .map(({ value, friendlyName, localKeyId }) => {
      // The bag's bytes are overwritten.
      return { certificate: parseCertificate(Uint8Array.from(value)), friendlyName, localKeyId }
    })
  const keys: KeyEntry[] = []
  try {
    for (const bag of bags.filter(({ kind }) => kind !== 'certificate')) {
      const key = await openKey(bag, password, limit)
      const { friendlyName, localKeyId } = bag
      const own = certificates.find(({ certificate }) => bytesEqual(certificate.spki, key.spki))
      keys.push({ key, certificate: own?.certificate ?? null, friendlyName, localKeyId })
    }
  } catch (error) {
    for (const { key } of keys) key.erase()
    throw error
  }
  return { keys, certificates }
}

const readWith = async ({ authenticated, mac }: Pfx, password: PasswordBytes, limit: WorkLimit): Promise<Pkcs12> => {
  const opened: Awaited<ReturnType<typeof openPart>>[] = []
  try {
    for (const part of readSafeParts(authenticated)) opened.push(await openPart(part, password, limit))
    const bags = opened.flatMap((part) => part.bags)
    const content = await readBags(bags, password, limit)
    return { ...content, isAuthenticated: mac !== null, weaknesses: [...limit.weaknesses].sort() }
  } finally {
    for (const { secret } of opened) secret.fill(0)
  }
}

const isPasswordWrong = (error: unknown): boolean => error instanceof AppError && error.code === 'key.password_wrong'

const readAny = async (pfx: Pfx, passwords: readonly PasswordBytes[], limit: WorkLimit): Promise<Pkcs12> => {
  let failure: unknown = passwordWrong()
  for (const password of passwords) {
    if (pfx.mac !== null && !(await isMacOf(pfx.mac, password, pfx.authenticated, limit))) continue
    try {
      return await readWith(pfx, password, limit)
    } catch (error) {
      if (!isPasswordWrong(error)) throw error
      failure = error
    }
  }
  throw failure
}

/**
 * Reads PKCS#12 (RFC 7292): PBES2 with AES or SM4, Triple DES and RC2 of old; MAC with SHA-1, SHA-2 or SM3, or PBMAC1
 * (RFC 9579). Password absent (`undefined`) and empty open the same files. Keys are the caller's to erase.
 * @throws key.malformed with reason and offset, key.unsupported, key.password_wrong, key.mismatch, certificate.malformed
 */
export const readPkcs12 = async (file: Uint8Array, password?: string): Promise<Pkcs12> => {
  const passwords = candidates(password)
  try {
    if (file.length > MAX_FILE) throw new Asn1Error('too_long', MAX_FILE)
    return await readAny(readPfx(file), passwords, createWorkLimit())
  } catch (error) {
    if (!(error instanceof Asn1Error)) throw error
    throw new AppError('key.malformed', { reason: error.reason, offset: error.offset }, { cause: error })
  } finally {
    passwords.forEach(erasePassword)
  }
}
