import type { CertificateSummary } from '#contract/certificates.ts'
import type { KeyCertificate, Keyring, Token } from '#contract/keys.ts'
import { parseCertificate, type Certificate } from '#pki/x509/certificate.ts'
import type { BridgeLog } from '#bridge/ports.ts'
import type { CertificateDirectory, KnownCertificate } from '../operations/ports.ts'

export interface KeyringSource {
  readonly current: () => Keyring
  readonly watch: (listener: () => void) => () => void
}

export interface CertificateDirectoryPorts {
  readonly keyring: KeyringSource
  readonly now: () => Date
  readonly log: BridgeLog
}

interface Seen {
  readonly parsed: Certificate
  readonly key: KeyCertificate
  readonly token: Token
  isPluggedIn: boolean
}

const stateAt = (parsed: Certificate, now: Date): CertificateSummary['state'] => {
  if (now > parsed.notAfter) return 'expired'
  return now < parsed.notBefore ? 'not_yet_valid' : 'normal'
}

/** An enterprise's certificate names an organization or carries its credit code; a person's carries neither. */
const identityOf = (parsed: Certificate): CertificateSummary['identity'] =>
  parsed.identity.creditCode !== null || parsed.subject.organization !== null ? 'enterprise' : 'personal'

const nameOf = ({ commonName, organization, text }: Certificate['subject']) => ({
  commonName: commonName ?? '',
  organization: organization ?? '',
  full: text,
})

export const summarize = (
  parsed: Certificate,
  key: Pick<KeyCertificate, 'keyType' | 'keyBits' | 'algorithms'>,
  place: { isPluggedIn: boolean; tokenId: string; tokenLabel: string },
  now: Date,
): CertificateSummary => ({
  id: parsed.fingerprint,
  subject: nameOf(parsed.subject),
  issuer: nameOf(parsed.issuer),
  serial: parsed.serial,
  notBefore: parsed.notBefore.toISOString(),
  notAfter: parsed.notAfter.toISOString(),
  keyType: key.keyType,
  keyBits: key.keyBits,
  algorithms: [...key.algorithms],
  keyUsage: [...(parsed.keyUsage ?? [])],
  creditCode: parsed.identity.creditCode,
  identity: identityOf(parsed),
  kind: 'media',
  state: stateAt(parsed, now),
  ...place,
})

/**
 * Follows the keyring. A certificate is parsed once; one whose key was pulled out stays known, so that a consent window
 * can say which key to plug in again.
 */
export const createCertificateDirectory = ({ keyring, now, log }: CertificateDirectoryPorts): CertificateDirectory => {
  const seen = new Map<string, Seen>()
  const unreadable = new Set<string>()
  const listeners = new Set<() => void>()

  const parse = (key: KeyCertificate): Certificate | null => {
    const known = seen.get(key.id)
    if (known !== undefined) return known.parsed
    if (unreadable.has(key.id)) return null
    try {
      return parseCertificate(new Uint8Array(Buffer.from(key.der, 'base64')))
    } catch (error) {
      unreadable.add(key.id)
      log.warn({ certificate: key.id, error }, 'a token holds a certificate that cannot be read')
      return null
    }
  }

  const read = () => {
    for (const entry of seen.values()) entry.isPluggedIn = false
    for (const token of keyring.current().tokens) {
      for (const key of token.certificates) {
        const parsed = parse(key)
        if (parsed !== null) seen.set(key.id, { parsed, key, token, isPluggedIn: true })
      }
    }
    for (const listener of [...listeners]) listener()
  }

  const toKnown = ({ parsed, key, token, isPluggedIn }: Seen): KnownCertificate => ({
    summary: summarize(parsed, key, { isPluggedIn, tokenId: token.id, tokenLabel: token.label }, now()),
    parsed,
    pin: token.pin,
    hasPinPad: token.hasPinPad,
  })

  keyring.watch(read)
  read()

  return {
    list: () => [...seen.values()].map(toKnown),
    get: (id) => {
      const entry = seen.get(id)
      return entry === undefined ? null : toKnown(entry)
    },
    watch: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
