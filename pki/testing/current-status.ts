import { contentBytes, cursor, onlyChild, readDer } from '../asn1/reader.ts'
import type { Certificate } from '../x509/certificate.ts'
import type { Issued } from './test-ca.ts'
import { createTestCrl, createTestOcspResponse } from './test-status.ts'
import type { TestCrlOptions } from './test-status.ts'

const HOUR = 3_600_000
const current = () => ({ thisUpdate: new Date(Date.now() - HOUR), nextUpdate: new Date(Date.now() + HOUR) })

/** DER of a CRL that is current now. */
export const currentCrl = (issuer: Issued, options: TestCrlOptions = {}): Uint8Array =>
  createTestCrl(issuer, { ...current(), ...options }).der

/** DER of an OCSPResponse of the issuer itself, good and current now. */
export const currentOcsp = (issuer: Issued, certificate: Certificate): Uint8Array =>
  createTestOcspResponse(issuer, certificate, issuer.certificate, current()).der

/** The BasicOCSPResponse in an OCSPResponse. */
export const basicOf = (response: Uint8Array): Uint8Array => {
  const outer = cursor(readDer(response))
  outer.next()
  const bytes = cursor(onlyChild(outer.next()))
  bytes.next()
  return contentBytes(bytes.next())
}
