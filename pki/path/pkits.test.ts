import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'

import { describe, expect, it } from 'vitest'

import { parseCrl } from '../revocation/crl.ts'
import { parseCertificate } from '../x509/certificate.ts'
import { legacyAlgorithms } from './algorithm-policy.ts'
import { validatePath } from './validate.ts'

const read = (name: string) => readFileSync(new URL(`../testdata/pkits/${name}`, import.meta.url))
const data = JSON.parse(gunzipSync(read('pkits.json.gz')).toString()) as Record<
  'certs' | 'crls',
  Record<string, string>
>
const decode = (text: string) => new Uint8Array(Buffer.from(text, 'base64'))

const certificates = new Map(Object.entries(data.certs).map(([name, text]) => [name, parseCertificate(decode(text))]))
const crls = Object.values(data.crls).map((text) => parseCrl(decode(text)))
const anchor = certificates.get('TrustAnchorRootCertificate')!
const authorities = [...certificates].filter(([name]) => !name.endsWith('EE')).map(([, certificate]) => certificate)

const tests = read('tests.txt')
  .toString()
  .trim()
  .split('\n')
  .map((line) => {
    const [section = '', name = '', outcome = '', ...settings] = line.split(' ')
    return { section, name, outcome, settings }
  })

const validate = (
  name: string,
  settings: readonly string[],
  extra: Partial<Parameters<typeof validatePath>[0]> = {},
) => {
  const policies = settings.filter((setting) => /^\d/.test(setting)).map((n) => `2.16.840.1.101.3.2.1.48.${n}`)
  return validatePath({
    certificate: certificates.get(name)!,
    intermediates: authorities,
    anchors: [anchor],
    crls,
    at: new Date('2020-01-01T00:00:00Z'),
    algorithms: legacyAlgorithms,
    requireExplicitPolicy: settings.includes('explicit'),
    inhibitPolicyMapping: settings.includes('noMapping'),
    inhibitAnyPolicy: settings.includes('noAny'),
    ...(policies.length === 0 ? {} : { policies }),
    ...extra,
  })
}

describe('NIST PKITS', () => {
  it.each(tests)('$section $name $settings: $outcome', ({ name, outcome, settings }) => {
    const report = validate(name, settings)
    const failures = report.failures.map(({ rule, index }) => `${rule}@${index}`)
    expect(report.isValid, failures.join(' ')).toBe(outcome === 'ok')
  })
})
