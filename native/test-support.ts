/** Shared by the tests of this folder. */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { digestOf } from '#contract/keys.ts'
import type { KeyCertificate, SignatureAlgorithm, Token } from '#contract/keys.ts'
import type { Log } from './driver-supervisor.ts'
import type { TokenHost } from './token-host.ts'

export const quietLog: Log = { info: () => undefined, warn: () => undefined, error: () => undefined }

/** A log that keeps what it is told, for tests that look for secrets in it. */
export const keepingLog = (): { log: Log; text: () => string } => {
  const lines: unknown[] = []
  const keep = (details: object, message: string): void => {
    lines.push(message, details)
  }
  return { log: { info: keep, warn: keep, error: keep }, text: () => JSON.stringify(lines) }
}

export const pinBytes = (pin: string): Uint8Array => Uint8Array.from(Buffer.from(pin, 'utf8'))

export const digest = (algorithm: SignatureAlgorithm, message: string): Uint8Array =>
  Uint8Array.from(createHash(digestOf(algorithm)).update(message).digest())

export const temporaryDirectory = (): { directory: string; remove: () => void } => {
  const directory = mkdtempSync(path.join(tmpdir(), 'native-test-'))
  return { directory, remove: () => rmSync(directory, { recursive: true, force: true }) }
}

/** Resolves when `check` is true on the keyring as it changes; rejects after `limitMs`. */
export const keyringWhere = (
  host: TokenHost,
  check: (tokens: readonly Token[]) => boolean,
  limitMs = 30_000,
): Promise<void> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      stop()
      reject(new Error(`keyring did not become as expected: ${JSON.stringify(host.keyring().drivers)}`))
    }, limitMs)
    const look = (): void => {
      if (!check(host.keyring().tokens)) return
      clearTimeout(timer)
      stop()
      resolve()
    }
    const stop = host.onChange(look)
    look()
  })

export const tokenWith = (host: TokenHost, serial: string): Token => {
  const token = host.keyring().tokens.find((candidate) => candidate.serial === serial)
  if (!token) throw new Error(`no token ${serial}`)
  return token
}

export const certificateWith = (token: Token, keyId: string): KeyCertificate => {
  const certificate = token.certificates.find((candidate) => candidate.keyId === keyId)
  if (!certificate) throw new Error(`no certificate ${keyId}`)
  return certificate
}

/** What openssl says of a signature over a message: neither our code nor node:crypto decides. */
export const opensslAccepts = (
  directory: string,
  certificate: KeyCertificate,
  algorithm: SignatureAlgorithm,
  message: string,
  signature: Uint8Array,
): boolean => {
  const file = (name: string): string => path.join(directory, name)
  writeFileSync(file('certificate.der'), Buffer.from(certificate.der, 'base64'))
  writeFileSync(file('message'), message)
  writeFileSync(file('signature'), signature)
  const key = ['x509', '-inform', 'DER', '-in', file('certificate.der'), '-pubkey', '-noout', '-out', file('key.pem')]
  execFileSync('openssl', key)
  const pss = ['-sigopt', 'rsa_padding_mode:pss', '-sigopt', 'rsa_pss_saltlen:digest']
  const padding = algorithm.startsWith('rsa-pss') ? pss : []
  const verify = ['dgst', `-${digestOf(algorithm)}`, '-verify', file('key.pem'), '-signature', file('signature')]
  try {
    return execFileSync('openssl', [...verify, ...padding, file('message')], { stdio: 'pipe' }).includes('Verified OK')
  } catch {
    return false
  }
}
