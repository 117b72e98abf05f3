import { createHash, randomBytes } from '#platform'

import { AppError } from '#contract/errors.ts'
import { oids } from '../algorithms/oids.ts'
import { context, tag } from '../asn1/tags.ts'
import { encode, explicit, nullValue, octetString, oid, sequence, setOf, smallInteger } from '../asn1/writer.ts'
import { bytesEqual } from '../bytes/encodings.ts'
import type { Certificate } from '../x509/certificate.ts'
import { encryptPrivateKey } from './key-file.ts'
import { createWorkLimit } from './key-derivation.ts'
import { keyFileOids } from './oids.ts'
import { encryptWithPassword, erasePassword, passwordBytes, SALT_LENGTH, toBmp } from './password-encryption.ts'
import type { Protection } from './password-encryption.ts'
import { computeMac } from './pkcs12-mac.ts'
import type { PrivateKey } from './private-key.ts'

export interface Pkcs12Content {
  /** Each with its own certificate; two of them for a dual SM2 certificate. */
  readonly keys: readonly {
    readonly key: PrivateKey
    readonly certificate: Certificate
    readonly friendlyName?: string
  }[]
  /** Further ones: the chain. */
  readonly certificates?: readonly Certificate[]
}

interface BagLabels {
  readonly friendlyName?: string | undefined
  readonly localKeyId?: Uint8Array
}

const attribute = (type: string, value: Uint8Array): Uint8Array => sequence(oid(type), setOf(value))

const bag = (type: string, value: Uint8Array, { friendlyName, localKeyId }: BagLabels): Uint8Array => {
  const attributes = [
    ...(friendlyName === undefined
      ? []
      : [attribute(keyFileOids.friendlyName, encode(tag.bmpString, toBmp(friendlyName)))]),
    ...(localKeyId === undefined ? [] : [attribute(keyFileOids.localKeyId, octetString(localKeyId))]),
  ]
  return sequence(oid(type), explicit(0, value), ...(attributes.length === 0 ? [] : [setOf(...attributes)]))
}

const certificateBag = ({ der }: Certificate, labels: BagLabels): Uint8Array =>
  bag(keyFileOids.certificateBag, sequence(oid(keyFileOids.x509Certificate), explicit(0, octetString(der))), labels)

const contentInfo = (type: string, content: Uint8Array): Uint8Array => sequence(oid(type), explicit(0, content))

/** The MAC of each protection. Java and Windows read no other derivation than that of RFC 7292, so PBMAC1 is not written. */
const macs = {
  aes: { hash: 'sha256', oid: oids.sha256, iterations: 50_000 },
  sm4: { hash: 'sm3', oid: oids.sm3, iterations: 10_000 },
} as const

/**
 * PKCS#12 (RFC 7292): certificates encrypted as one, each key by itself, all under one MAC. OpenSSL and Java read `aes`; `sm4` is
 * read by implementations with SM3 and SM4. @throws key.mismatch when a key is not its certificate's
 */
export const writePkcs12 = async (
  { keys, certificates = [] }: Pkcs12Content,
  password: string,
  protection: Protection = 'aes',
): Promise<Uint8Array> => {
  if (keys.some(({ key, certificate }) => !bytesEqual(key.spki, certificate.spki))) {
    throw new AppError('key.mismatch', { part: 'certificate' })
  }
  const secret = passwordBytes(password)
  const limit = createWorkLimit()
  const keyBags: Uint8Array[] = []
  const certificateBags: Uint8Array[] = []
  for (const { key, certificate, friendlyName } of keys) {
    const labels = { friendlyName, localKeyId: createHash('sha1').update(certificate.der).digest() }
    const encrypted = await encryptPrivateKey(key, secret, protection, limit)
    keyBags.push(bag(keyFileOids.shroudedKeyBag, encrypted, labels))
    certificateBags.push(certificateBag(certificate, labels))
  }
  certificateBags.push(...certificates.map((certificate) => certificateBag(certificate, {})))
  const { algorithm, ciphertext } = await encryptWithPassword(sequence(...certificateBags), secret, protection, limit)
  const encryptedContent = sequence(oid(oids.data), algorithm, encode(context.primitive(0), ciphertext))
  const authenticated = sequence(
    contentInfo(keyFileOids.encryptedData, sequence(smallInteger(0), encryptedContent)),
    contentInfo(oids.data, octetString(sequence(...keyBags))),
  )
  const { hash, oid: hashOid, iterations } = macs[protection]
  const salt = randomBytes(SALT_LENGTH)
  const mac = await computeMac({ hash, salt, iterations }, secret, authenticated, limit)
  erasePassword(secret)
  const digestInfo = sequence(sequence(oid(hashOid), nullValue()), octetString(mac))
  return sequence(
    smallInteger(3),
    contentInfo(oids.data, octetString(authenticated)),
    sequence(digestInfo, octetString(salt), smallInteger(iterations)),
  )
}
