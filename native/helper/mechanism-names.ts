import pkcs11 from 'pkcs11js'

const NAMES = new Map<number, string>(
  Object.entries(pkcs11)
    .filter((entry): entry is [string, number] => entry[0].startsWith('CKM_') && typeof entry[1] === 'number')
    .map(([name, value]) => [value, name]),
)

/** `CKM_RSA_PKCS_PSS`; vendor-defined mechanisms by number, their meaning differs from vendor to vendor. */
export const mechanismName = (mechanism: number): string =>
  NAMES.get(mechanism) ?? `CKM_0x${(mechanism >>> 0).toString(16).toUpperCase()}`
