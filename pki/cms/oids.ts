import { oids } from '../algorithms/oids.ts'

/** Object identifiers of messages alone; those of algorithms stand in `algorithms/oids.ts`. */
export const cmsOids = {
  // RFC 5652 §11.4
  counterSignature: '1.2.840.113549.1.9.6',
  // RFC 2634 §5.4
  signingCertificate: '1.2.840.113549.1.9.16.2.12',
  // RFC 5940 §2.1
  ocspResponse: '1.3.6.1.5.5.7.16.2',
} as const

/**
 * Which of the two standards a message follows: RFC 5652, or GB/T 35275 (formerly GM/T 0010), which keeps to PKCS #7 v1.5 with
 * object identifiers of its own.
 */
export type Dialect = 'rfc5652' | 'gb35275'

export const signedDataTypes = { rfc5652: oids.signedData, gb35275: oids.gmSignedData } as const
export const dataTypes = { rfc5652: oids.data, gb35275: oids.gmData } as const
