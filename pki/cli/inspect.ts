import { AppError } from '#contract/errors.ts'
import { berToDer, firstDefiniteElement } from '../asn1/ber.ts'
import { Asn1Error } from '../asn1/error.ts'
import { children, contentBytes, isConstructed, readDer } from '../asn1/reader.ts'
import type { DerNode } from '../asn1/reader.ts'
import { tag } from '../asn1/tags.ts'
import { readOid, readText } from '../asn1/values.ts'
import { toHex, toLatin1 } from '../bytes/encodings.ts'
import { openEnvelope } from '../cms/enveloped/decrypt.ts'
import { parseSignedData } from '../cms/signed-data.ts'
import { readCertificationRequest } from '../issue/certification-request.ts'
import { readOcspRequest } from '../revocation/ocsp-request.ts'
import { readPem } from '../keys/pem.ts'
import { openPrivateKey } from '../keys/private-key.ts'
import { legacyAlgorithms } from '../path/algorithm-policy.ts'
import { parseCrl } from '../revocation/crl.ts'
import { parseOcspResponse } from '../revocation/ocsp.ts'
import { readTimestampRequest } from '../time/request.ts'
import { readTimestampResponse } from '../time/response.ts'
import { factsOf } from '../x509/certificate-facts.ts'
import { parseCertificate } from '../x509/certificate.ts'
import { generalNameText } from '../x509/general-name.ts'
import { isSet, onlyFile, UsageError } from './arguments.ts'
import type { Arguments } from './arguments.ts'
import { loadBytes } from './files.ts'
import { done } from './outcome.ts'
import type { Outcome } from './outcome.ts'
import { certificateName } from './reports.ts'
import { once } from './streams.ts'

type Description = Record<string, unknown>

const describeCertificate = (der: Uint8Array): Description => {
  const certificate = parseCertificate(der)
  const facts = factsOf(certificate)
  const { key, signatureScheme } = certificate
  return {
    kind: 'certificate',
    version: certificate.version,
    serial: certificate.serial,
    subject: certificate.subject.text,
    issuer: certificate.issuer.text,
    notBefore: certificate.notBefore,
    notAfter: certificate.notAfter,
    key: { type: key.type, bits: key.bits, curve: key.curve },
    signature:
      signatureScheme === null
        ? certificate.signatureAlgorithm.oid
        : `${signatureScheme.kind}-${signatureScheme.digest}`,
    keyUsage: certificate.keyUsage,
    extendedKeyUsage: certificate.extendedKeyUsage,
    basicConstraints: certificate.basicConstraints,
    alternativeNames: facts.alternativeNames?.map(generalNameText) ?? null,
    policies: facts.policies?.map(({ policy }) => policy) ?? null,
    identity: certificate.identity,
    extensions: certificate.extensions.map(({ oid, isCritical }) => ({ oid, critical: isCritical })),
    malformedExtensions: facts.malformed,
    sha256: certificate.fingerprint,
  }
}

const describeCrl = (der: Uint8Array): Description => {
  const { issuer, thisUpdate, nextUpdate, crlNumber, deltaBase, entryCount, extensions } = parseCrl(der)
  return {
    kind: 'crl',
    issuer: issuer.text,
    thisUpdate,
    nextUpdate,
    crlNumber: crlNumber?.toString() ?? null,
    deltaBase: deltaBase?.toString() ?? null,
    entries: entryCount,
    extensions: extensions.map(({ oid, isCritical }) => ({ oid, critical: isCritical })),
  }
}

const describeOcspResponse = (der: Uint8Array): Description => {
  const { responseStatus, basic } = parseOcspResponse(der)
  return {
    kind: 'ocsp_response',
    status: responseStatus,
    producedAt: basic?.producedAt ?? null,
    responder:
      basic === null ? null : basic.responder.kind === 'name' ? basic.responder.name.text : toHex(basic.responder.hash),
    responses: basic?.responses.map(({ id, status, revokedAt, thisUpdate, nextUpdate }) => ({
      ...{ serial: toHex(id.serial), status, revokedAt, thisUpdate, nextUpdate },
    })),
  }
}

const describeRequest = (der: Uint8Array): Description => {
  const { subject, key, extensions } = readCertificationRequest(der, legacyAlgorithms)
  return {
    kind: 'certification_request',
    subject: subject.text,
    key: { type: key.type, bits: key.bits, curve: key.curve },
    extensions: extensions.map(({ oid, isCritical }) => ({ oid, critical: isCritical })),
  }
}

const describeSignedData = (der: Uint8Array): Description => {
  const message = parseSignedData(der, { allowPadding: true })
  return {
    kind: 'signed_data',
    dialect: message.dialect,
    contentType: message.contentType,
    contentBytes: message.content?.length ?? null,
    certificates: message.certificates.map(certificateName),
    signers: message.signers.map(({ identifier, digestAlgorithm, signatureAlgorithm, attributes }) => ({
      serial: identifier.serial === null ? null : toHex(identifier.serial),
      keyIdentifier: identifier.subjectKeyIdentifier,
      digestAlgorithm: digestAlgorithm.oid,
      signatureAlgorithm: signatureAlgorithm.oid,
      signingTime: attributes?.signingTime ?? null,
    })),
  }
}

const describeEnvelope = async (bytes: Uint8Array): Promise<Description> => {
  const envelope = await openEnvelope(once(bytes))
  await envelope.close()
  const { type, syntax, version, contentType, cipher, recipients } = envelope.head
  return {
    kind: type === 'enveloped' ? 'enveloped_data' : 'auth_enveloped_data',
    ...{ syntax, version, contentType, cipher },
    recipients: recipients.map(({ kind, recipient }) => ({
      kind,
      ...('serial' in recipient ? { serial: toHex(recipient.serial) } : {}),
    })),
  }
}

const describeTimestampRequest = (der: Uint8Array): Description => {
  const { imprint, policy, nonce, wantsCertificates } = readTimestampRequest(der)
  return {
    kind: 'timestamp_request',
    algorithm: imprint.algorithm,
    digest: toHex(imprint.digest),
    policy,
    nonce: nonce === null ? null : toHex(nonce),
    wantsCertificates,
  }
}

const describeTimestampResponse = (der: Uint8Array): Description => {
  const { status, failures, token } = readTimestampResponse(der)
  return { kind: 'timestamp_response', status, failures, tokenBytes: token?.length ?? null }
}

/** The public half alone. */
const describeKey = (der: Uint8Array): Description => {
  const key = openPrivateKey(der)
  const description = { kind: 'private_key', type: key.kind, spki: toHex(key.spki) }
  key.erase()
  return description
}

const describeOcspRequest = (der: Uint8Array): Description => {
  const { certificates } = readOcspRequest(der)
  return { kind: 'ocsp_request', serials: certificates.map(({ serial }) => toHex(serial)) }
}

type Reader = (bytes: Uint8Array) => Description | Promise<Description>
const readers: readonly Reader[] = [
  describeCertificate,
  describeCrl,
  describeSignedData,
  describeEnvelope,
  describeOcspResponse,
  describeRequest,
  describeTimestampResponse,
  describeTimestampRequest,
  describeOcspRequest,
  describeKey,
]

const isUnreadable = (error: unknown): boolean => error instanceof AppError || error instanceof Asn1Error

const textTags = new Set<number>([
  tag.utf8String,
  tag.printableString,
  tag.ia5String,
  tag.numericString,
  tag.visibleString,
  tag.bmpString,
  tag.teletexString,
  tag.universalString,
  tag.utcTime,
  tag.generalizedTime,
])

const valueOf = (node: DerNode): string => {
  if (node.tag === tag.oid) return readOid(node)
  if (node.tag === tag.utcTime || node.tag === tag.generalizedTime) return toLatin1(contentBytes(node))
  const text = textTags.has(node.tag) ? readText(node) : undefined
  return text ?? toHex(contentBytes(node).subarray(0, 64))
}

/** Tag, offset, length and value of each element. */
const tree = (node: DerNode): Description => ({
  tag: `0x${node.tag.toString(16).padStart(2, '0')}`,
  offset: node.start,
  length: node.end - node.content,
  ...(isConstructed(node) ? { elements: children(node).map(tree) } : { value: valueOf(node) }),
})

const asn1Of = (bytes: Uint8Array): Description => {
  const whole = firstDefiniteElement(bytes)
  return { kind: 'asn1', ...tree(readDer(whole ?? berToDer(bytes))) }
}

const describe = async (bytes: Uint8Array, wantsTree: boolean): Promise<Description> => {
  if (wantsTree) return asn1Of(bytes)
  for (const read of readers) {
    try {
      return await read(bytes)
    } catch (error) {
      // Something else, or broken: the next one may know.
      if (!isUnreadable(error)) throw error
    }
  }
  return asn1Of(bytes)
}

/** Says what a file holds: certificates, CRLs, OCSP, requests, messages, time-stamps, keys; else its elements. */
export const inspectCommand = async (given: Arguments): Promise<Outcome> => {
  const bytes = await loadBytes(onlyFile(given))
  const wantsTree = isSet(given, 'asn1')
  if (bytes.length === 0) throw new UsageError('the file is empty')
  if (!toLatin1(bytes.subarray(0, 4096)).includes('-----BEGIN ')) return done(await describe(bytes, wantsTree))
  const items: Description[] = []
  for (const { label, der } of readPem(bytes, 'certificate.malformed')) {
    items.push({ pem: label, ...(await describe(der, wantsTree)) })
  }
  return items.length === 1 && items[0] !== undefined ? done(items[0]) : done({ kind: 'pem', items })
}
