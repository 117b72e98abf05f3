import { randomBytes } from 'node:crypto'

import type { SignatureAlgorithm } from '#contract/keys.ts'
import { digest } from '../algorithms/digest.ts'
import { publicPointOf } from '../algorithms/public-key.ts'
import type { ContentCipher } from '../cms/enveloped/content-encryption.ts'
import { encryptEnvelope } from '../cms/enveloped/encrypt.ts'
import { prepareSignedData } from '../cms/prepare.ts'
import type { SignatureProfile } from '../cms/signer.ts'
import { encryptSm2 } from '../gm/sm2-encryption.ts'
import { readPrivateKey } from '../keys/key-file.ts'
import { writePkcs12 } from '../keys/pkcs12-write.ts'
import { prepareLoginToken } from '../login-token/prepare.ts'
import { createTimestampRequest } from '../time/request.ts'
import { answerTimestampRequest } from '../time/responder.ts'
import { currentCrl, currentOcsp } from './current-status.ts'
import { issueRecipient } from './recipient.ts'
import type { Material } from './runtime-checks.ts'
import type { SoftKeyKind } from './soft-key.ts'
import { collect, inPieces } from './streams.ts'
import { createTestAuthority } from './test-authority.ts'
import { createTestChain } from './test-ca.ts'

type Chain = ReturnType<typeof createTestChain>
type Method = readonly [kind: SoftKeyKind, algorithm: SignatureAlgorithm, profile: SignatureProfile]

const methods: readonly Method[] = [
  ['rsa-2048', 'rsa-pkcs1-sha256', 'cms'],
  ['rsa-2048', 'rsa-pss-sha384', 'pades'],
  ['rsa-pss', 'rsa-pss-sha384', 'cms'],
  ['rsa-2048', 'rsa-pkcs1-sm3', 'cms'],
  ['P-256', 'ecdsa-sha256', 'cms'],
  ['P-384', 'ecdsa-sha384', 'cms'],
  ['P-521', 'ecdsa-sha512', 'cms'],
  ['sm2', 'sm2-sm3', 'cms'],
  ['sm2', 'sm2-sm3', 'gm'],
]
const ciphers: readonly ContentCipher[] = [
  ...(['aes-128-cbc', 'aes-256-cbc', 'aes-128-gcm', 'aes-192-gcm', 'aes-256-gcm', 'sm4-cbc', 'sm4-gcm'] as const),
]

const spoil = (bytes: Uint8Array): Uint8Array => bytes.with(-1, (bytes.at(-1) ?? 0) ^ 1)

const softKey = ({ signer }: Chain) => readPrivateKey(new TextEncoder().encode(signer.key.pkcs8Pem()))

const signMessages = ({ issuing, signer, root }: Chain, [kind, algorithm, profile]: Method, content: Uint8Array) =>
  [true, false].flatMap((isDetached) => {
    const prepared = prepareSignedData({
      certificate: signer.certificate,
      chain: [issuing.certificate],
      algorithm,
      profile,
      content: { bytes: content, isDetached },
    })
    const message = prepared.finish(signer.key.sign(algorithm, prepared.toBeSigned))
    const name = `${kind} ${algorithm} ${profile} ${isDetached ? 'detached' : 'attached'}`
    const anchor = root.certificate.der
    return [
      { name, message, anchor },
      { name: `${name}, spoiled`, message: spoil(message), anchor },
    ]
  })

const login = ({ root, issuing, signer }: Chain, name: string, algorithm: SignatureAlgorithm, time: Date) => {
  const challenge = new Uint8Array(randomBytes(32))
  const origin = 'https://platform.example'
  const chain = [issuing.certificate]
  const prepared = prepareLoginToken({ origin, challenge, certificate: signer.certificate, chain, algorithm, time })
  const token = prepared.finish(signer.key.sign(algorithm, prepared.toBeSigned))
  return { name, token, origin, challenge, anchor: root.certificate.der }
}

const stamp = async ({ root, issuing }: Chain, kind: 'rsa-2048' | 'P-256' | 'sm2', content: Uint8Array) => {
  const algorithm = kind === 'sm2' ? 'sm3' : 'sha256'
  const request = createTimestampRequest({ algorithm, digest: digest(algorithm, content) })
  const authority = createTestAuthority(issuing, kind, { profile: kind === 'sm2' ? 'gm' : 'cms' })
  return {
    name: kind,
    request,
    response: await answerTimestampRequest(request.der, authority),
    anchor: root.certificate.der,
  }
}

/** Made with the library of this runtime. @param content at least 100 bytes */
export const createMaterial = async (content: Uint8Array): Promise<Material> => {
  const kinds = [...new Set(methods.map(([kind]) => kind))]
  const chains = new Map(kinds.map((kind) => [kind, createTestChain(kind)]))
  const chainOf = (kind: SoftKeyKind): Chain => chains.get(kind) ?? createTestChain(kind)
  const recipients = (['rsa-2048', 'P-256', 'P-384', 'P-521', 'sm2'] as const).map((kind) => ({
    name: kind,
    ...issueRecipient(kind),
  }))
  const sm2Point = publicPointOf(recipients[4]?.certificate.spki ?? content)
  const at = new Date(Math.floor(Date.now() / 1000) * 1000)
  return {
    at: new Date(at.getTime() + 60_000).toISOString(),
    content,
    chains: [...chains].map(([name, { root, issuing, signer }]) => ({
      name,
      certificate: signer.certificate.der,
      intermediate: issuing.certificate.der,
      anchor: root.certificate.der,
      crls: [currentCrl(root), currentCrl(issuing, { entries: [] })],
      ocspResponses: [currentOcsp(issuing, signer.certificate)],
    })),
    messages: methods.flatMap((method) => signMessages(chainOf(method[0]), method, content)),
    signers: await Promise.all(
      methods.map(async ([kind, algorithm, profile]) => ({
        name: `${kind} ${algorithm} ${profile}`,
        pkcs8: (await softKey(chainOf(kind))).pkcs8(),
        certificate: chainOf(kind).signer.certificate.der,
        intermediate: chainOf(kind).issuing.certificate.der,
        algorithm,
        profile,
      })),
    ),
    recipients: recipients.map(({ name, certificate, key }) => ({
      name,
      certificate: certificate.der,
      pkcs8: key.pkcs8(),
    })),
    envelopes: await Promise.all(
      ciphers.map(async (name) => ({
        name,
        message: await collect(encryptEnvelope({ recipients, cipher: name }, inPieces(content))),
      })),
    ),
    sm2Ciphertexts: (['der', 'c1c3c2', 'c1c2c3'] as const).map((layout) =>
      encryptSm2(sm2Point, content.subarray(0, 100), layout),
    ),
    keyFiles: await Promise.all(
      (['aes', 'sm4'] as const).map(async (name) => {
        const { root, signer } = chainOf(name === 'aes' ? 'P-256' : 'sm2')
        const keys = [
          { key: await softKey(chainOf(name === 'aes' ? 'P-256' : 'sm2')), certificate: signer.certificate },
        ]
        return {
          name,
          file: await writePkcs12({ keys, certificates: [root.certificate] }, '密码', name),
          password: '密码',
        }
      }),
    ),
    timestamps: await Promise.all(
      (['rsa-2048', 'P-256', 'sm2'] as const).map((kind) => stamp(chainOf(kind), kind, content)),
    ),
    logins: [
      login(chainOf('rsa-2048'), 'RSA', 'rsa-pkcs1-sha256', at),
      login(chainOf('sm2'), 'SM2', 'sm2-sm3', at),
      { ...login(chainOf('P-256'), 'another origin', 'ecdsa-sha256', at), origin: 'https://evil.example' },
    ],
  }
}
