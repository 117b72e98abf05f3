import type { RecipientKey } from '../cms/enveloped/unwrap.ts'
import { openPrivateKey } from '../keys/private-key.ts'
import type { PrivateKey } from '../keys/private-key.ts'
import type { SoftKeyKind } from './soft-key.ts'
import { issue } from './test-ca.ts'
import type { IssueOptions } from './test-ca.ts'

/** A certificate for encryption with its key, for tests. */
export interface TestRecipient extends RecipientKey {
  readonly key: PrivateKey
  readonly pem: string
  readonly keyPem: string
}

/** Bits of KeyUsage (RFC 5280 §4.2.1.3). */
const usageOf = (kind: SoftKeyKind): number[] => (kind.startsWith('rsa') ? [2] : kind === 'sm2' ? [2, 3] : [4])

export const issueRecipient = (kind: SoftKeyKind, options: Partial<IssueOptions> = {}): TestRecipient => {
  const issued = issue({ commonName: `Recipient ${kind}`, kind, keyUsage: usageOf(kind), ...options })
  const keyPem = issued.key.pkcs8Pem()
  const der = Buffer.from(keyPem.replaceAll(/-----[^-]+-----/g, ''), 'base64')
  return { certificate: issued.certificate, pem: issued.pem, keyPem, key: openPrivateKey(new Uint8Array(der)) }
}
