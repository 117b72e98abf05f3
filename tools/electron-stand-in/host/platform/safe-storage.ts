import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type * as Electron from 'electron'
import { guardObject } from '../guard.ts'
import { app } from '../process/app.ts'
import { appPath } from '../process/app-paths.ts'

type Backend = ReturnType<Electron.SafeStorage['getSelectedStorageBackend']>

const PREFIX = Buffer.from('esi1')
const IV_LENGTH = 12
const TAG_LENGTH = 16

let key: Buffer | null = null

/** The system's key store is not reached from here: the key lies in the profile, readable by its owner only. */
function storageKey(): Buffer {
  if (!app.isReady()) throw new Error('safeStorage cannot be used before app is ready')
  if (key) return key
  const folder = appPath('userData')
  const path = join(folder, 'safe-storage.key')
  try {
    key = readFileSync(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    mkdirSync(folder, { recursive: true })
    key = randomBytes(32)
    writeFileSync(path, key, { mode: 0o600, flag: 'wx' })
  }
  return key
}

function encryptString(plainText: string): Buffer {
  if (typeof plainText !== 'string') throw new TypeError('safeStorage encrypts strings')
  const iv = randomBytes(IV_LENGTH)
  const cipher = createCipheriv('aes-256-gcm', storageKey(), iv)
  const body = Buffer.concat([cipher.update(plainText, 'utf8'), cipher.final()])
  return Buffer.concat([PREFIX, iv, cipher.getAuthTag(), body])
}

function decryptString(encrypted: Buffer): string {
  try {
    if (!encrypted.subarray(0, PREFIX.length).equals(PREFIX)) throw new Error('not made here')
    const iv = encrypted.subarray(PREFIX.length, PREFIX.length + IV_LENGTH)
    const tagEnd = PREFIX.length + IV_LENGTH + TAG_LENGTH
    const decipher = createDecipheriv('aes-256-gcm', storageKey(), iv)
    decipher.setAuthTag(encrypted.subarray(PREFIX.length + IV_LENGTH, tagEnd))
    return Buffer.concat([decipher.update(encrypted.subarray(tagEnd)), decipher.final()]).toString('utf8')
  } catch (cause) {
    throw new Error('Error while decrypting the ciphertext provided to safeStorage.decryptString.', { cause })
  }
}

const api = {
  isEncryptionAvailable: () => app.isReady(),
  isAsyncEncryptionAvailable: () => Promise.resolve(app.isReady()),
  // A program that refuses Electron's unprotected store is to run here; ELECTRON_STAND_IN_STORAGE tries the refusal.
  getSelectedStorageBackend: (): Backend =>
    app.isReady() ? ((process.env.ELECTRON_STAND_IN_STORAGE as Backend | undefined) ?? 'gnome_libsecret') : 'unknown',
  encryptString,
  decryptString,
  encryptStringAsync: async (plainText: string) => Promise.resolve(encryptString(plainText)),
  decryptStringAsync: async (encrypted: Buffer) =>
    Promise.resolve({ shouldReEncrypt: false, result: decryptString(encrypted) }),
}

export const safeStorage = guardObject(
  api satisfies Omit<Electron.SafeStorage, 'setUsePlainTextEncryption'>,
  'safeStorage',
)
