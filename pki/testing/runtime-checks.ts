import type { SignatureAlgorithm } from '#contract/keys.ts'
import { createDecryptor, createEncryptor } from '../algorithms/cipher.ts'
import type { CipherName } from '../algorithms/cipher.ts'
import { digest } from '../algorithms/digest.ts'
import { publicPointOf } from '../algorithms/public-key.ts'
import { concat } from '../bytes/concat.ts'
import { fromUtf8, toHex } from '../bytes/encodings.ts'
import type { ContentCipher } from '../cms/enveloped/content-encryption.ts'
import { openEnvelope } from '../cms/enveloped/decrypt.ts'
import { encryptEnvelope } from '../cms/enveloped/encrypt.ts'
import type { RecipientKey } from '../cms/enveloped/unwrap.ts'
import { prepareSignedData } from '../cms/prepare.ts'
import type { SignatureProfile } from '../cms/signer.ts'
import { verifySignedData } from '../cms/verify.ts'
import { encryptBid } from '../envelope/encrypt-bid.ts'
import type { Manifest } from '../envelope/manifest.ts'
import { encryptSm2 } from '../gm/sm2-encryption.ts'
import { memorySink } from '../io/byte-sink.ts'
import { bufferSource } from '../io/byte-source.ts'
import { readPkcs12 } from '../keys/pkcs12-read.ts'
import { openPrivateKey } from '../keys/private-key.ts'
import { verifyLoginToken } from '../login-token/verify.ts'
import { validatePath } from '../path/validate.ts'
import { parseCrl } from '../revocation/crl.ts'
import { parseOcspResponse } from '../revocation/ocsp.ts'
import { verifyTimestampResponse } from '../time/client.ts'
import type { CreatedTimestampRequest } from '../time/request.ts'
import { parseCertificate } from '../x509/certificate.ts'
import { memoryTarget } from './memory-target.ts'
import { collect, inPieces } from './streams.ts'

/** A key in PKCS#8 with its certificate, DER. */
export interface NamedKey {
  readonly name: string
  readonly pkcs8: Uint8Array
  readonly certificate: Uint8Array
}

/** What one runtime hands to another for `runChecks`. Certificates, CRLs and responses in DER, times in ISO 8601. */
export interface Material {
  readonly at: string
  readonly content: Uint8Array
  readonly chains: readonly {
    readonly name: string
    readonly certificate: Uint8Array
    readonly intermediate: Uint8Array
    readonly anchor: Uint8Array
    readonly crls: readonly Uint8Array[]
    readonly ocspResponses: readonly Uint8Array[]
  }[]
  readonly messages: readonly { readonly name: string; readonly message: Uint8Array; readonly anchor: Uint8Array }[]
  readonly signers: readonly (NamedKey & {
    readonly intermediate: Uint8Array
    readonly algorithm: SignatureAlgorithm
    readonly profile: SignatureProfile
  })[]
  readonly recipients: readonly NamedKey[]
  /** For every recipient. */
  readonly envelopes: readonly { readonly name: ContentCipher; readonly message: Uint8Array }[]
  readonly sm2Ciphertexts: readonly Uint8Array[]
  readonly keyFiles: readonly { readonly name: string; readonly file: Uint8Array; readonly password: string }[]
  readonly timestamps: readonly {
    readonly name: string
    readonly request: CreatedTimestampRequest
    readonly response: Uint8Array
    readonly anchor: Uint8Array
  }[]
  readonly logins: readonly {
    readonly name: string
    readonly token: string
    readonly origin: string
    readonly challenge: Uint8Array
    readonly anchor: Uint8Array
  }[]
}

const openKey = ({ pkcs8, certificate }: NamedKey): RecipientKey & { key: ReturnType<typeof openPrivateKey> } => ({
  certificate: parseCertificate(certificate),
  key: openPrivateKey(pkcs8),
})

const named = async <Item extends { name: string }, Result>(
  items: readonly Item[],
  check: (item: Item) => Result | Promise<Result>,
): Promise<Record<string, Result>> =>
  Object.fromEntries(
    await Promise.all(items.map(async (item): Promise<[string, Result]> => [item.name, await check(item)])),
  )

/** Ciphertext and tag in hex, the content in pieces of odd lengths; the way back too. */
const cipherStream = (name: CipherName, content: Uint8Array): { ciphertext: string; isSame: boolean } => {
  const [key, iv] = [digest('sm3', fromUtf8('key')).subarray(0, 16), new Uint8Array(12).fill(7)]
  const encryptor = createEncryptor(name, key, iv, { aad: iv })
  const parts: Uint8Array[] = []
  for (let at = 0; at < content.length; at += 997) parts.push(encryptor.update(content.subarray(at, at + 997)).slice())
  const ciphertext = concat(...parts, encryptor.finish())
  const decryptor = createDecryptor(name, key, iv, { aad: iv })
  const plaintext = concat(decryptor.update(ciphertext).slice(), decryptor.finish(encryptor.tag()))
  return { ciphertext: toHex(concat(ciphertext, encryptor.tag())), isSame: toHex(plaintext) === toHex(content) }
}

const openForAll = async (message: Uint8Array, recipients: readonly NamedKey[]) =>
  named(recipients, async (recipient) => {
    const sink = memorySink()
    const opened = await openEnvelope(inPieces(message, 1000))
    const result = await opened.decrypt(openKey(recipient), sink)
    return { ...result, content: toHex(sink.bytes()) }
  })

/** Everything that has one right answer: the same in every runtime. */
const read = async (material: Material) => {
  const at = new Date(material.at)
  const { content, recipients } = material
  const sm2 = recipients.find(({ name }) => name === 'sm2')
  return {
    chains: await named(material.chains, ({ certificate, intermediate, anchor, crls, ocspResponses }) =>
      validatePath({
        certificate: parseCertificate(certificate),
        intermediates: [parseCertificate(intermediate)],
        anchors: [parseCertificate(anchor)],
        crls: crls.map((der) => parseCrl(der)),
        ocspResponses: ocspResponses.map((der) => parseOcspResponse(der)),
        at,
      }),
    ),
    messages: await named(material.messages, ({ message, anchor }) =>
      verifySignedData(message, { content, anchors: [parseCertificate(anchor)], at }),
    ),
    envelopes: await named(material.envelopes, ({ message }) => openForAll(message, recipients)),
    sm2: await Promise.all(
      material.sm2Ciphertexts.map(async (ciphertext) => sm2 && (await openKey(sm2).key.decrypt('sm2', ciphertext))),
    ),
    keyFiles: await named(material.keyFiles, async ({ file, password }) => {
      const { keys, certificates, isAuthenticated } = await readPkcs12(file, password)
      return { keys: keys.map(({ key }) => key.pkcs8()), certificates, isAuthenticated }
    }),
    timestamps: await named(material.timestamps, ({ request, response, anchor }) =>
      verifyTimestampResponse(response, request, { anchors: [parseCertificate(anchor)], at }),
    ),
    logins: await named(material.logins, ({ token, origin, challenge, anchor }) =>
      verifyLoginToken(token, { origin, challenge, anchors: [parseCertificate(anchor)], now: at }),
    ),
    streams: { sm4: cipherStream('sm4-gcm', content), aes: cipherStream('aes-128-gcm', content) },
  }
}

const sign = async (signer: Material['signers'][number], content: Uint8Array): Promise<Uint8Array> => {
  const { certificate, key } = openKey(signer)
  const { algorithm, profile } = signer
  const prepared = prepareSignedData({
    certificate,
    chain: [parseCertificate(signer.intermediate)],
    algorithm,
    profile,
    content: { bytes: content, isDetached: false },
  })
  return prepared.finish(await key.sign(algorithm, prepared.toBeSigned))
}

const makeBid = async (material: Material): Promise<{ message: Uint8Array; manifest: Manifest }> => {
  const keys = material.recipients.filter(({ name }) => name === 'sm2').map(openKey)
  const target = memoryTarget()
  const { manifest } = await encryptBid({
    source: bufferSource(material.content),
    target,
    recipients: keys,
    profile: 'gm',
    trialKey: keys[0] ?? null,
    now: new Date(material.at),
    openingTime: null,
    record: () => undefined,
  })
  return { message: target.bytes(), manifest }
}

/** What is new each time, for another runtime to read. */
const make = async (material: Material) => {
  const { content, recipients } = material
  const everybody = recipients.map(({ certificate }) => ({ certificate: parseCertificate(certificate) }))
  return {
    messages: await named(material.signers, (signer) => sign(signer, content)),
    envelopes: await named(material.envelopes, ({ name: cipher }) =>
      collect(encryptEnvelope({ recipients: everybody, cipher }, inPieces(content, 1000))),
    ),
    sm2: everybody
      .filter(({ certificate }) => certificate.key.type === 'sm2')
      .map(({ certificate }) => encryptSm2(publicPointOf(certificate.spki), content.subarray(0, 100))),
    bid: await makeBid(material),
  }
}

/** Runs the library over what another runtime made; the answers are compared, and what is made here is read there. */
export const runChecks = async (material: Material) => ({ read: await read(material), made: await make(material) })

export type Checked = Awaited<ReturnType<typeof runChecks>>
