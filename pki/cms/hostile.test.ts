import { randomBytes } from 'node:crypto'

import { expect, it } from 'vitest'

import { digestIdentifier } from '../algorithms/algorithm-identifier.ts'
import { oids } from '../algorithms/oids.ts'
import { tag } from '../asn1/tags.ts'
import {
  bitString,
  encode,
  nullValue,
  octetString,
  oid,
  sequence,
  smallInteger,
  unsignedInteger,
} from '../asn1/writer.ts'
import { createSoftKey } from '../testing/soft-key.ts'
import { issue } from '../testing/test-ca.ts'
import { assembleSignedData, encodeContent } from './assemble.ts'
import { verifySignedData } from './verify.ts'

const root = issue({ commonName: 'Root', isCa: true })

/** A number that is odd and has its highest bit set, as those of RSA keys. */
const large = (length: number) => {
  const bytes = new Uint8Array(randomBytes(length))
  bytes[0] = 0xff
  bytes[length - 1] = 0xff
  return unsignedInteger(bytes)
}

it('fail/many signers whose keys take long to check are not all looked at', () => {
  const rsa = sequence(oid(oids.rsaEncryption), nullValue())
  const spki = sequence(rsa, bitString(sequence(large(2048), large(8))))
  const { certificate } = issue({ commonName: 'Slow', issuer: root, key: { ...createSoftKey('P-256'), spki } })
  const signer = sequence(
    smallInteger(1),
    sequence(certificate.issuer.der, encode(tag.integer, certificate.serialBytes)),
    digestIdentifier('sha256'),
    rsa,
    octetString(new Uint8Array(2048).fill(1)),
  )
  const message = assembleSignedData(
    {
      ...{ dialect: 'rfc5652', contentType: oids.data, crls: [] },
      digestAlgorithms: [digestIdentifier('sha256')],
      certificates: [certificate.der],
      signers: Array.from({ length: 64 }, () => signer),
    },
    encodeContent(oids.data, Uint8Array.of(1)),
  )
  const { isValid, signers } = verifySignedData(message, { anchors: [root.certificate] })
  expect(isValid).toBe(false)
  expect(signers[0]?.problems).toEqual(['signature_mismatch'])
  expect(signers.at(-1)?.problems).toEqual(['limit_exceeded'])
})
