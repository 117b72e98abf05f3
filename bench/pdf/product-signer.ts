/** What the client's PDF worker runs (main/workers/sign-document.ts), with the key in a file in place of a token. */
import { constants, createPrivateKey, privateEncrypt } from 'node:crypto'
import { readFile, rm } from 'node:fs/promises'
import { signDocument } from '#main/workers/sign-document.ts'
import { parseCertificates } from '#pki/x509/certificate.ts'
import type { PrepareSigner } from './signer-child.ts'

/** DigestInfo of SHA-256 up to the digest, RFC 8017 §9.2 note 1. */
const SHA256_PREFIX = Buffer.from('3031300d060960864801650304020105000420', 'hex')

export const prepare: PrepareSigner = async (key) => {
  const privateKey = createPrivateKey(await readFile(key.keyFile))
  const [certificate] = parseCertificates(await readFile(key.certificateFile))
  const chain = parseCertificates(await readFile(key.chainFile))
  if (!certificate) throw new Error('no certificate')
  return async ({ input, output, sha256 }) => {
    await rm(output, { force: true })
    await signDocument(
      {
        ...{ source: input, target: output, sha256, seal: null, reason: '', location: '' },
        certificate: certificate.der,
        chain: chain.map(({ der }) => der),
        algorithm: 'rsa-pkcs1-sha256',
        signingTime: new Date(),
      },
      // What C_Sign with CKM_RSA_PKCS does: the padding of PKCS #1 around a DigestInfo made outside.
      (digest) => {
        const padded = { key: privateKey, padding: constants.RSA_PKCS1_PADDING }
        return Promise.resolve(new Uint8Array(privateEncrypt(padded, Buffer.concat([SHA256_PREFIX, digest]))))
      },
    )
  }
}
