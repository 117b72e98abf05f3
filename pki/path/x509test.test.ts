import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'

import { describe, expect, it } from 'vitest'

import { parseCertificate } from '../x509/certificate.ts'
import { extensionOids } from '../x509/extension-oids.ts'
import { legacyAlgorithms } from './algorithm-policy.ts'
import type { PathRule } from './rules.ts'
import { validatePath } from './validate.ts'

const file = readFileSync(new URL('../testdata/x509test/x509test.json.gz', import.meta.url))
const { root, cases } = JSON.parse(gunzipSync(file).toString()) as {
  root: string
  cases: { name: string; expected: string; certificates: string[] }[]
}
const read = (text: string) => parseCertificate(new Uint8Array(Buffer.from(text, 'base64')))

const keyPurpose = '1.3.6.1.5.5.7.3.1'

/** Rules behind what the suite expects. */
const meanings: Record<string, readonly PathRule[]> = {
  Verified: [],
  'Certificate does not allow the requested usage': ['key_usage_required', 'extended_key_usage'],
  'CA certificate not allowed to issue certs': ['not_a_ca', 'key_usage'],
  'Certificate chain too long': ['path_length'],
  'Loop in certificate chain': ['issuer_not_found'],
  'Cannot establish trust': ['issuer_not_found'],
  'Certificate has expired': ['expired'],
  'Certificate does not match provided name': ['peer_name'],
  // The constraints of the suite have a dot in front of DNS names, which RFC 5280 §4.2.1.10 does not know.
  'Certificate does not pass name constraint': ['extension_malformed'],
}

describe('x509test', () => {
  it.each(cases)('$name: $expected', ({ name, expected, certificates }) => {
    const [certificate, ...intermediates] = certificates.map(read)
    if (certificate === undefined) throw new TypeError('no certificate')
    const { failures } = validatePath({
      certificate,
      intermediates,
      anchors: [read(root)],
      at: new Date('2016-10-21T04:20:00Z'),
      algorithms: legacyAlgorithms,
      extendedKeyUsage: keyPurpose,
      keyUsage: ['digitalSignature', 'keyEncipherment', 'keyAgreement'],
      peerName: 'www.tls.test',
    })
    const hasName = certificate.extensions.some(({ oid }) => oid === extensionOids.subjectAltName)
    // Where there are no alternative names the suite asks the common name, which RFC 9525 §2 does not.
    const isAsked = hasName || expected.endsWith('provided name')
    const rules = failures.map(({ rule }) => rule).filter((rule) => isAsked || rule !== 'peer_name')
    const meant = name === 'ValidNameConstraint' ? ['extension_malformed'] : (meanings[expected] ?? [])
    expect(rules.length > 0).toBe(meant.length > 0)
    for (const rule of rules) expect(meant).toContain(rule)
  })
})
