import { constants, generateKeyPairSync, privateEncrypt, sign } from 'node:crypto'

import type { SignatureAlgorithm } from '#contract/keys.ts'
import { digestInfo } from '../algorithms/digest-info.ts'
import { oids } from '../algorithms/oids.ts'
import { schemeOf } from '../algorithms/signature-scheme.ts'
import { concat } from '../bytes/concat.ts'
import { generateSm2KeyPair } from '../gm/sm2-key.ts'
import { createMessageDigest, signSm2Digest } from '../gm/sm2-signature.ts'
import { writePem } from '../keys/pem.ts'
import { curvePublicKey, encodeCurvePrivateKey } from '../keys/private-key-info.ts'

/** A key in memory that stands in for a token's in tests and benchmarks. */
export interface SoftKey {
  readonly spki: Uint8Array
  /** Signs as PKCS#11 does: ECDSA and SM2 come back as r ‖ s. */
  sign(algorithm: SignatureAlgorithm, toBeSigned: Uint8Array): Uint8Array
  pkcs8Pem(): string
}

/** A key marked for PSS; the salt is the shortest that it allows. */
export const generatePss = (limits?: { hash: string; maskHash?: string; saltLength: number }) => {
  const parameters = limits && {
    hashAlgorithm: limits.hash,
    mgf1HashAlgorithm: limits.maskHash ?? limits.hash,
    // The runtime wants a number, whatever its types say.
    saltLength: limits.saltLength as unknown as string,
  }
  return generateKeyPairSync('rsa-pss', { modulusLength: 2048, ...parameters })
}

const generate = (kind: SoftKeyKind) => {
  if (kind === 'rsa-2048' || kind === 'rsa-1024') {
    return generateKeyPairSync('rsa', { modulusLength: kind === 'rsa-2048' ? 2048 : 1024 })
  }
  if (kind === 'rsa-pss') return generatePss({ hash: 'sha384', saltLength: 48 })
  return generateKeyPairSync('ec', { namedCurve: kind })
}

export type SoftKeyKind = 'rsa-2048' | 'rsa-1024' | 'rsa-pss' | 'P-256' | 'P-384' | 'P-521' | 'sm2'

const createSm2SoftKey = (): SoftKey => {
  const { privateKey, publicKey } = generateSm2KeyPair()
  const point = concat(Uint8Array.of(4), publicKey)
  return {
    spki: curvePublicKey(oids.sm2, point),
    sign: (_algorithm, toBeSigned) =>
      signSm2Digest(privateKey, createMessageDigest(publicKey).update(toBeSigned).digest()),
    pkcs8Pem: () => writePem('PRIVATE KEY', encodeCurvePrivateKey(oids.sm2, privateKey, point)),
  }
}

export const createSoftKey = (kind: SoftKeyKind): SoftKey => {
  if (kind === 'sm2') return createSm2SoftKey()
  const { privateKey, publicKey } = generate(kind)
  return {
    spki: new Uint8Array(publicKey.export({ type: 'spki', format: 'der' })),
    sign: (algorithm, toBeSigned) => {
      const { kind: scheme, digest, saltLength } = schemeOf(algorithm)
      if (scheme === 'ecdsa') return sign(digest, toBeSigned, { key: privateKey, dsaEncoding: 'ieee-p1363' })
      if (digest === 'sm3') return privateEncrypt(privateKey, digestInfo('sm3', toBeSigned))
      const padding = scheme === 'rsa-pss' ? constants.RSA_PKCS1_PSS_PADDING : constants.RSA_PKCS1_PADDING
      return sign(digest, toBeSigned, { key: privateKey, padding, saltLength })
    },
    pkcs8Pem: () => privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  }
}
