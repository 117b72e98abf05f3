import { oids } from '../algorithms/oids.ts'
import { oid, sequence } from '../asn1/writer.ts'
import { timeOids } from '../time/oids.ts'
import type { TimestampAuthority } from '../time/responder.ts'
import type { SoftKeyKind } from './soft-key.ts'
import { issue } from './test-ca.ts'
import type { IssueOptions, Issued } from './test-ca.ts'

const algorithms = { 'rsa-2048': 'rsa-pkcs1-sha256', 'P-256': 'ecdsa-sha256', sm2: 'sm2-sm3' } as const

/** A certificate for time-stamping (RFC 3161 §2.3). */
export const issueTimestamping = (issuer: Issued, options: Partial<IssueOptions> = {}): Issued =>
  issue({
    commonName: 'Test time-stamping authority',
    keyUsage: [0],
    issuer,
    extensions: [{ oid: oids.extendedKeyUsage, isCritical: true, value: sequence(oid(timeOids.timeStamping)) }],
    ...options,
  })

/** A time-stamping authority under `issuer`. */
export const createTestAuthority = (
  issuer: Issued,
  kind: keyof typeof algorithms & SoftKeyKind = 'P-256',
  overrides: Partial<TimestampAuthority> = {},
): TimestampAuthority => {
  const { certificate, key } = issueTimestamping(issuer, { kind })
  let serial = 0
  return {
    certificate,
    chain: [issuer.certificate],
    algorithm: algorithms[kind],
    profile: 'cms',
    sign: (prepared) => Promise.resolve(key.sign(prepared.algorithm, prepared.toBeSigned)),
    now: () => new Date(),
    nextSerial: () => Promise.resolve(Uint8Array.of(++serial)),
    policy: '1.2.3.4.1',
    ...overrides,
  }
}
