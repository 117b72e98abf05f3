import { execFileSync } from 'node:child_process'
import { createPrivateKey, sign, X509Certificate } from 'node:crypto'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { prepareSignedData } from '#pki/cms/prepare.ts'
import { verifySignedData } from '#pki/cms/verify.ts'
import { createTestChain } from '#pki/testing/test-ca.ts'
import { parseCertificate } from '#pki/x509/certificate.ts'
import { figure, limited } from '../harness/figures.ts'
import type { Figure } from '../harness/figures.ts'
import { interleave, milliseconds, timed } from '../harness/interleave.ts'
import { median } from '../harness/stats.ts'
import { createPkijsPeer } from './pkijs-peer.ts'

/** Growth of memory at 500 MB that is allowed, in MiB. */
const MEMORY_LIMIT = 64
const ROUNDS = { rounds: 40, warmUp: 40, block: 25 }

const peakOfStream = (): number =>
  Number(
    execFileSync(process.execPath, [fileURLToPath(new URL('./stream-memory.ts', import.meta.url))], {
      encoding: 'utf8',
    }),
  )

/** It wants a polyfill of decorator metadata, of which reading certificates needs nothing. */
const loadPeculiar = () => {
  const none = () => undefined
  Object.assign(Reflect, { getMetadata: none, getOwnMetadata: none, defineMetadata: none })
  return import('@peculiar/x509')
}

const perSecond = (samples: readonly number[]): number => 1000 / median(samples)

/** CMS messages of 2 kB with ECDSA against pkijs, certificates against pkijs, @peculiar/x509 and OpenSSL; more is better. */
export const cmsPart = async (): Promise<Figure[]> => {
  const { root, issuing, signer } = createTestChain('P-256')
  const content = new Uint8Array(2000).fill(65)
  const der = Uint8Array.from(signer.certificate.der)
  const body = signer.key.pkcs8Pem().replaceAll(/-----[^-]+-----|\s/g, '')
  const peer = await createPkijsPeer(
    root.certificate.der,
    [der, Uint8Array.from(issuing.certificate.der)],
    Uint8Array.from(Buffer.from(body, 'base64')),
  )
  const key = createPrivateKey(signer.key.pkcs8Pem())
  const create = (): Uint8Array => {
    const prepared = prepareSignedData({
      certificate: signer.certificate,
      chain: [issuing.certificate],
      algorithm: 'ecdsa-sha256',
      profile: 'cms',
      content: { bytes: content, isDetached: false },
    })
    return prepared.finish(sign('sha256', prepared.toBeSigned, key))
  }
  const peculiar = await loadPeculiar()
  const anchors = [root.certificate]
  const message = create()
  const theirs = new Uint8Array(await peer.create(content))
  if (!verifySignedData(theirs, { anchors }).isValid || !(await peer.verify(message))) {
    throw new Error('the peers do not take each other’s messages')
  }
  const samples = await interleave(
    {
      create: () => timed(create),
      createPkijs: () => milliseconds(() => peer.create(content)),
      verify: () => timed(() => verifySignedData(message, { anchors })),
      verifyPkijs: () => milliseconds(() => peer.verify(message)),
      parse: () => timed(() => parseCertificate(der)),
      parsePkijs: () => timed(() => peer.parse(der)),
      parsePeculiar: () =>
        timed(() => {
          const { subject, extensions } = new peculiar.X509Certificate(der)
          return [subject, extensions]
        }),
      parseOpenssl: () => timed(() => new X509Certificate(der)),
    },
    ROUNDS,
  )
  const rate = (name: string, ours: keyof typeof samples, against: keyof typeof samples, peerName: string): Figure =>
    figure(`cms: ${name}`, perSecond(samples[ours]), '1/s', { name: peerName, value: perSecond(samples[against]) })
  const both = (first: keyof typeof samples, second: keyof typeof samples): number[] => [
    median(samples[first]) + median(samples[second]),
  ]
  return [
    rate('create a message', 'create', 'createPkijs', 'pkijs'),
    figure('cms: create and verify a message', perSecond(both('create', 'verify')), '1/s', {
      name: 'pkijs',
      value: perSecond(both('createPkijs', 'verifyPkijs')),
    }),
    rate('verify a message with its path', 'verify', 'verifyPkijs', 'pkijs'),
    rate('read a certificate', 'parse', 'parsePkijs', 'pkijs'),
    rate('read a certificate', 'parse', 'parsePeculiar', '@peculiar/x509'),
    rate('read a certificate', 'parse', 'parseOpenssl', 'node:crypto X509Certificate'),
    limited('cms: growth of memory, 500 MB signed and verified as a stream', peakOfStream(), 'MiB', MEMORY_LIMIT),
  ]
}
