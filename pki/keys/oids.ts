/** Object identifiers of key files. */
export const keyFileOids = {
  // RFC 8018, RFC 9579
  pbkdf2: '1.2.840.113549.1.5.12',
  pbes2: '1.2.840.113549.1.5.13',
  pbmac1: '1.2.840.113549.1.5.14',
  // RFC 7292 appendix C, §4.2, §4.3
  pbeWithSha1And3KeyTripleDes: '1.2.840.113549.1.12.1.3',
  pbeWithSha1And2KeyTripleDes: '1.2.840.113549.1.12.1.4',
  pbeWithSha1And128BitRc2: '1.2.840.113549.1.12.1.5',
  pbeWithSha1And40BitRc2: '1.2.840.113549.1.12.1.6',
  keyBag: '1.2.840.113549.1.12.10.1.1',
  shroudedKeyBag: '1.2.840.113549.1.12.10.1.2',
  certificateBag: '1.2.840.113549.1.12.10.1.3',
  safeContentsBag: '1.2.840.113549.1.12.10.1.6',
  // RFC 2985
  friendlyName: '1.2.840.113549.1.9.20',
  localKeyId: '1.2.840.113549.1.9.21',
  x509Certificate: '1.2.840.113549.1.9.22.1',
  // RFC 5652
  encryptedData: '1.2.840.113549.1.7.6',
} as const

/**
 * GM/T 0091-2020 gives PBES2, PBKDF2, HMAC-SM3 and SM4-CBC identifiers of its own; implementations do not agree on the arc.
 * Read, never written: the ordinary ones say the same.
 */
export const gmAliases: ReadonlyMap<string, string> = new Map([
  ['1.2.156.10197.6.1.4.1.5.1', keyFileOids.pbkdf2],
  ['1.2.156.10197.6.4.1.5.1', keyFileOids.pbkdf2],
  ['1.2.156.10197.6.1.4.1.5.2', keyFileOids.pbes2],
  ['1.2.156.10197.6.4.1.5.2', keyFileOids.pbes2],
  ['1.2.156.10197.1.401', '1.2.156.10197.1.401.2'],
  ['1.2.156.10197.1.401.3.1', '1.2.156.10197.1.401.2'],
  ['1.2.156.10197.6.1.4.1.12.1.1', '1.2.156.10197.1.104.2'],
])
