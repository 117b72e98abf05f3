import type { SignatureAlgorithm } from '#contract/keys.ts'
import { explicit, oid, sequence, setOf, smallInteger, time, utf8String } from '../asn1/writer.ts'
import {
  authorityKeyIdentifier,
  basicConstraints,
  encodeExtensions,
  keyIdentifierOf,
  keyUsage,
  subjectKeyIdentifier,
} from '../issue/extensions.ts'
import type { ExtensionInput } from '../issue/extensions.ts'
import { prepareStructure } from '../issue/signed-structure.ts'
import { writePem } from '../keys/pem.ts'
import { parseCertificate } from '../x509/certificate.ts'
import type { Certificate } from '../x509/certificate.ts'
import { keyUsages } from '../x509/extensions.ts'
import { createSoftKey } from './soft-key.ts'
import type { SoftKey, SoftKeyKind } from './soft-key.ts'

/** Issues certificates for tests, good ones and any kind of bad one. Not for anything a person relies on. */
export interface IssueOptions {
  readonly commonName: string
  readonly organization?: string
  readonly kind?: SoftKeyKind
  /** A key that is there already, for a second certificate of the same holder. */
  readonly key?: SoftKey
  /** Left out: self-signed. */
  readonly issuer?: Issued
  readonly isCa?: boolean
  readonly pathLength?: number
  /** Bits of KeyUsage; null leaves the extension out. Default: what a CA or a signer needs. */
  readonly keyUsage?: readonly number[] | null
  readonly notBefore?: Date
  readonly notAfter?: Date
  readonly extensions?: readonly ExtensionInput[]
  readonly algorithm?: SignatureAlgorithm
}

export interface Issued {
  readonly certificate: Certificate
  readonly key: SoftKey
  readonly pem: string
}

/** Any text at all, also what no authority would let through. */
const distinguishedName = (attributes: readonly (readonly [string, string])[]): Uint8Array =>
  sequence(...attributes.map(([type, value]) => setOf(sequence(oid(type), utf8String(value)))))

const signerUsage = [0, 1]
const authorityUsage = [5, 6]

let nextSerial = 0x1000

const extensionsOf = (options: IssueOptions, spki: Uint8Array): ExtensionInput[] => {
  const isCa = options.isCa === true
  const usage = options.keyUsage === undefined ? (isCa ? authorityUsage : signerUsage) : options.keyUsage
  const { issuer, extensions = [] } = options
  return [
    basicConstraints(isCa, options.pathLength),
    ...(usage === null ? [] : [keyUsage(usage.flatMap((bit) => keyUsages[bit] ?? []))]),
    subjectKeyIdentifier(keyIdentifierOf(spki)),
    ...(issuer === undefined ? [] : [authorityKeyIdentifier(keyIdentifierOf(issuer.certificate.spki))]),
    ...extensions,
  ]
}

export const issue = (options: IssueOptions): Issued => {
  const key = options.key ?? createSoftKey(options.kind ?? 'P-256')
  const { issuer, algorithm } = options
  const signer = issuer?.key ?? key
  const subject = distinguishedName([
    ['2.5.4.6', 'CN'],
    ['2.5.4.10', options.organization ?? 'Test'],
    ['2.5.4.3', options.commonName],
  ])
  const description = { spki: signer.spki, ...(algorithm === undefined ? {} : { algorithm }) }
  const prepared = prepareStructure(description, (identifier) =>
    sequence(
      explicit(0, smallInteger(2)),
      smallInteger(nextSerial++),
      identifier,
      issuer?.certificate.subject.der ?? subject,
      sequence(
        time(options.notBefore ?? new Date('2020-01-01T00:00:00Z')),
        time(options.notAfter ?? new Date('2045-01-01T00:00:00Z')),
      ),
      subject,
      key.spki,
      explicit(3, encodeExtensions(extensionsOf(options, key.spki))),
    ),
  )
  const der = prepared.finish(signer.sign(prepared.algorithm, prepared.toBeSigned))
  return { certificate: parseCertificate(der), key, pem: writePem('CERTIFICATE', der) }
}

/** Root, issuing CA and one signer. */
export const createTestChain = (kind: SoftKeyKind = 'P-256') => {
  const authorityKind = kind === 'sm2' ? 'sm2' : 'P-256'
  const root = issue({ commonName: 'Test root', kind: authorityKind, isCa: true })
  const issuing = issue({ commonName: 'Test issuing CA', kind: authorityKind, isCa: true, pathLength: 0, issuer: root })
  const signer = issue({ commonName: 'Test signer', kind, issuer: issuing })
  return { root, issuing, signer }
}
