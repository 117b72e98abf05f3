import { createHash } from 'node:crypto'

import type { SignatureAlgorithm } from '#contract/keys.ts'
import { signatureIdentifier } from '../algorithms/algorithm-identifier.ts'
import { schemeOf } from '../algorithms/signature-scheme.ts'
import { oids } from '../algorithms/oids.ts'
import { readDer } from '../asn1/reader.ts'
import { tag } from '../asn1/tags.ts'
import {
  bitString,
  booleanValue,
  encode,
  explicit,
  octetString,
  oid,
  sequence,
  setOf,
  smallInteger,
  time,
  utf8String,
} from '../asn1/writer.ts'
import { readPublicKeyInfo } from '../algorithms/public-key.ts'
import { encodeSignatureValue } from '../cms/signature-value.ts'
import { parseCertificate } from '../x509/certificate.ts'
import type { Certificate } from '../x509/certificate.ts'
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
  readonly extensions?: readonly { oid: string; isCritical: boolean; value: Uint8Array }[]
  readonly algorithm?: SignatureAlgorithm
}

export interface Issued {
  readonly certificate: Certificate
  readonly key: SoftKey
  readonly pem: string
}

const distinguishedName = (attributes: readonly (readonly [string, string])[]): Uint8Array =>
  sequence(...attributes.map(([type, value]) => setOf(sequence(oid(type), utf8String(value)))))

const extension = (type: string, isCritical: boolean, value: Uint8Array): Uint8Array =>
  sequence(oid(type), ...(isCritical ? [booleanValue(true)] : []), octetString(value))

const namedBits = (bits: readonly number[]): Uint8Array => {
  const highest = Math.max(...bits)
  const bytes = new Uint8Array(1 + (highest >> 3) + 1)
  bytes[0] = 7 - (highest & 7)
  for (const bit of bits) bytes[1 + (bit >> 3)] = (bytes[1 + (bit >> 3)] ?? 0) | (0x80 >> (bit & 7))
  return encode(tag.bitString, bytes)
}

const keyIdentifier = (spki: Uint8Array): Uint8Array => createHash('sha1').update(spki).digest()

const signerUsage = [0, 1]
const authorityUsage = [5, 6]

let nextSerial = 0x1000

const extensionsOf = (options: IssueOptions, spki: Uint8Array): Uint8Array => {
  const isCa = options.isCa === true
  const constraints = sequence(
    ...(isCa ? [booleanValue(true)] : []),
    ...(options.pathLength === undefined ? [] : [smallInteger(options.pathLength)]),
  )
  const usage = options.keyUsage === undefined ? (isCa ? authorityUsage : signerUsage) : options.keyUsage
  return sequence(
    extension(oids.basicConstraints, true, constraints),
    ...(usage === null ? [] : [extension(oids.keyUsage, true, namedBits(usage))]),
    extension(oids.subjectKeyIdentifier, false, octetString(keyIdentifier(spki))),
    ...(options.issuer === undefined
      ? []
      : [
          extension(
            oids.authorityKeyIdentifier,
            false,
            sequence(encode(0x80, keyIdentifier(options.issuer.certificate.spki))),
          ),
        ]),
    ...(options.extensions ?? []).map((item) => extension(item.oid, item.isCritical, item.value)),
  )
}

const defaultAlgorithms = {
  rsa: 'rsa-pkcs1-sha256',
  ec: 'ecdsa-sha256',
  sm2: 'sm2-sm3',
  dsa: 'ecdsa-sha256',
  other: 'ecdsa-sha256',
} as const

const toPem = (der: Uint8Array): string =>
  `-----BEGIN CERTIFICATE-----\n${(
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? []
  ).join('\n')}\n-----END CERTIFICATE-----\n`

export const issue = (options: IssueOptions): Issued => {
  const key = options.key ?? createSoftKey(options.kind ?? 'P-256')
  const signer = options.issuer?.key ?? key
  const signerSpki = options.issuer?.certificate.spki ?? key.spki
  const signerInfo = readPublicKeyInfo(readDer(signerSpki))
  const algorithm = options.algorithm ?? defaultAlgorithms[signerInfo.type]
  const identifier = signatureIdentifier(algorithm, schemeOf(algorithm).digest)
  const subject = distinguishedName([
    ['2.5.4.6', 'CN'],
    ['2.5.4.10', options.organization ?? 'Test'],
    ['2.5.4.3', options.commonName],
  ])
  const tbs = sequence(
    explicit(0, smallInteger(2)),
    smallInteger(nextSerial++),
    identifier,
    options.issuer?.certificate.subject.der ?? subject,
    sequence(
      time(options.notBefore ?? new Date('2020-01-01T00:00:00Z')),
      time(options.notAfter ?? new Date('2045-01-01T00:00:00Z')),
    ),
    subject,
    key.spki,
    explicit(3, extensionsOf(options, key.spki)),
  )
  const raw = signer.sign(algorithm, tbs)
  const signature = encodeSignatureValue(algorithm, { key: signerInfo }, raw)
  const der = sequence(tbs, identifier, bitString(signature))
  return { certificate: parseCertificate(der), key, pem: toPem(der) }
}

/** Root, issuing CA and one signer. */
export const createTestChain = (kind: SoftKeyKind = 'P-256') => {
  const authorityKind = kind === 'sm2' ? 'sm2' : 'P-256'
  const root = issue({ commonName: 'Test root', kind: authorityKind, isCa: true })
  const issuing = issue({ commonName: 'Test issuing CA', kind: authorityKind, isCa: true, pathLength: 0, issuer: root })
  const signer = issue({ commonName: 'Test signer', kind, issuer: issuing })
  return { root, issuing, signer }
}
