/** The GM profile judged by another implementation, part by part: no other program reads SM4-GCM in CMS yet. */
import { randomBytes } from 'node:crypto'

import { sm2, sm4 } from 'sm-crypto-v2'
import { expect, it } from 'vitest'

import { berToDer } from '../asn1/ber.ts'
import { children, contentBytes, readDer } from '../asn1/reader.ts'
import type { DerNode } from '../asn1/reader.ts'
import { fromBase64, toHex } from '../bytes/encodings.ts'
import { bufferSource } from '../io/byte-source.ts'
import { memorySink } from '../io/byte-sink.ts'
import { readPrivateKeyParts } from '../keys/private-key-info.ts'
import { issueRecipient } from '../testing/recipient.ts'
import { decryptBid } from './decrypt-bid.ts'
import { encryptBid } from './encrypt-bid.ts'

const at = (node: DerNode, ...path: number[]): DerNode => path.reduce((inner, index) => children(inner)[index]!, node)
const bytesAt = (node: DerNode, ...path: number[]) => new Uint8Array(contentBytes(at(node, ...path)))

it('ok/sm-crypto-v2 decrypts the key and the content, and finds the same tag', async () => {
  const bid = new Uint8Array(randomBytes(10_001))
  const recipient = issueRecipient('sm2')
  const parts: Uint8Array[] = []
  const { manifest } = await encryptBid({
    source: bufferSource(bid),
    target: {
      ...memorySink(),
      write: (chunk) => void parts.push(new Uint8Array(chunk)),
      written: () => bufferSource(Buffer.concat(parts)),
    },
    recipients: [{ certificate: recipient.certificate }],
    profile: 'gm',
    trialKey: recipient,
    now: new Date(),
    openingTime: null,
    record: () => undefined,
  })

  const secret = readPrivateKeyParts(recipient.key.pkcs8())
  const wrapped = fromBase64(manifest.recipients[0]!.encryptedKey)
  const privateKey = secret.kind === 'rsa' ? '' : toHex(secret.secret)
  const key = sm2.doDecrypt(toHex(wrapped), privateKey, 1, { output: 'array', asn1: true })
  expect(key).toHaveLength(16)

  // ContentInfo, [0], AuthEnvelopedData: version, recipientInfos, authEncryptedContentInfo, mac.
  const message = at(readDer(berToDer(Buffer.concat(parts))), 1, 0)
  const iv = bytesAt(message, 2, 1, 1, 0)
  const pieces = children(at(message, 2, 2)).map(contentBytes)
  const tag = bytesAt(message, 3)
  const plain = sm4.decrypt(new Uint8Array(Buffer.concat(pieces)), key, { mode: 'gcm', iv, tag, output: 'array' })
  expect(Buffer.compare(plain, bid)).toBe(0)

  const sink = memorySink()
  await decryptBid({ source: bufferSource(Buffer.concat(parts)), sink, key: new Uint8Array(key), manifest })
  expect(Buffer.compare(sink.bytes(), bid)).toBe(0)
})
