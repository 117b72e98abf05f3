import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'

import { describe, expect, it } from 'vitest'

import { AppError } from '#contract/errors.ts'
import { nameKey } from '../x509/name-comparison.ts'
import { parseCertificate } from '../x509/certificate.ts'
import { legacyAlgorithms } from './algorithm-policy.ts'
import { validatePath } from './validate.ts'

interface Case {
  readonly name: string
  readonly isValid: boolean
  readonly certificate: string
  readonly trusted: readonly string[]
  readonly untrusted: readonly string[]
  readonly purpose?: keyof typeof purposes
  readonly isPartial?: boolean
  readonly isStrict?: boolean
  readonly level?: number
  readonly depth?: number
  readonly at?: number
  readonly policy?: string
  readonly isExplicit?: boolean
}

const file = readFileSync(new URL('../testdata/openssl/verify.json.gz', import.meta.url))
const data = JSON.parse(gunzipSync(file).toString()) as { certificates: Record<string, string>; cases: Case[] }
const purposes = { serverAuth: '1.3.6.1.5.5.7.3.1', clientAuth: '1.3.6.1.5.5.7.3.2' }
/** Bits of RSA behind a security level; SHA-1 counts for the lowest alone. */
const levels = [512, 1024, 2048, 3072]

const read = (name: string) => parseCertificate(new Uint8Array(Buffer.from(data.certificates[name] ?? '', 'base64')))

/** The rules that are broken, or the code of an input that cannot be read. */
const outcomeOf = (test: Case): string[] => {
  try {
    const trusted = test.trusted.map(read)
    // Without its option for partial chains openssl builds up to a certificate that is signed by itself.
    const isAnchor = ({ subject, issuer }: (typeof trusted)[number]) =>
      test.isPartial === true || nameKey(subject) === nameKey(issuer)
    const digests =
      test.level === 0
        ? legacyAlgorithms.digests
        : new Set([...legacyAlgorithms.digests].filter((name) => name !== 'sha1'))
    const report = validatePath({
      certificate: read(test.certificate),
      anchors: trusted.filter(isAnchor),
      intermediates: [...test.untrusted.map(read), ...trusted.filter((certificate) => !isAnchor(certificate))],
      at: test.at === undefined ? new Date('2025-06-01T00:00:00Z') : new Date(test.at * 1000),
      algorithms: { ...legacyAlgorithms, digests, minRsaBits: levels[test.level ?? 1] ?? 1024 },
      profile: test.isStrict === true ? 'rfc5280' : 'path',
      requireExplicitPolicy: test.isExplicit === true,
      ...(test.purpose === undefined ? {} : { extendedKeyUsage: purposes[test.purpose] }),
      ...(test.depth === undefined ? {} : { maxPathLength: test.depth }),
      ...(test.policy === undefined ? {} : { policies: [test.policy] }),
    })
    return report.failures.map(({ rule, index }) => `${rule}@${index}`)
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return [`${error.code} ${JSON.stringify(error.details)}`]
  }
}

/** Where we answer otherwise, by what stands in the case's name, and why. */
const differences: readonly (readonly [RegExp, string])[] = [
  [/^fail .*client purpose/, 'purposes of an anchor restrict nothing (RFC 5280 §6.1.1 (d), RFC 5937 §2)'],
  [/Constraints CN.* not permitted/, 'a common name is no DNS name (RFC 5280 §4.2.1.10, RFC 9525 §2)'],
  [/^Not too many names/, 'constraints on DNS names have no dot in front (RFC 5280 §4.2.1.10)'],
  [/^accept md5 (intermediate|leaf)/, 'MD5 is not known here, in no policy'],
  [/^accept .*Ed25519/, 'nor is Ed25519'],
]

describe('openssl’s table of chains', () => {
  it.each(data.cases)('$name: $certificate', (test) => {
    const outcome = outcomeOf(test)
    const isDifferent = differences.some(([pattern]) => pattern.test(test.name))
    expect(outcome.length === 0, outcome.join(' ')).toBe(test.isValid !== isDifferent)
  })
})
