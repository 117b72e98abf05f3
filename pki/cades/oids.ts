/** ETSI EN 319 122-1; the arc of PKCS #9 attributes for S/MIME (RFC 5126). */
export const cadesOids = {
  commitmentType: '1.2.840.113549.1.9.16.2.16',
  signerLocation: '1.2.840.113549.1.9.16.2.17',
  signatureTimeStamp: '1.2.840.113549.1.9.16.2.14',
  revocationRefs: '1.2.840.113549.1.9.16.2.22',
  certificateValues: '1.2.840.113549.1.9.16.2.23',
  revocationValues: '1.2.840.113549.1.9.16.2.24',
  // RFC 6960 §4.2.1
  basicOcspResponse: '1.3.6.1.5.5.7.48.1.1',
} as const
