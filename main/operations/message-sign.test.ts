import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { oids } from '#pki/algorithms/oids.ts'
import { oid, octetString, sequence, setOf } from '#pki/asn1/writer.ts'
import { prepareMessageSign } from './message-sign.ts'

const attribute = (type: string, value: Uint8Array): Uint8Array => sequence(oid(type), setOf(value))
/** Its signature, put into a CMS message, would be one over a content that nobody was shown. */
const attributes = setOf(
  attribute(oids.contentType, oid(oids.data)),
  attribute(oids.messageDigest, octetString(createHash('sha256').update('another content').digest())),
)
const login = Buffer.from('YZT-LOGIN-V1\0header.payload')

const prepare = (format: 'raw' | 'cms', ...contents: Uint8Array[]) =>
  prepareMessageSign(
    { now: () => new Date(), chainOf: () => [] },
    {
      messages: contents.map((bytes) => ({ content: Buffer.from(bytes).toString('base64'), name: '' })),
      format,
      isDetached: true,
    },
  )

describe('R12 a page with the scope sign', () => {
  test.each([
    ['log in at another site', login, 'raw_login_token'],
    ['complete a CMS message over any content', attributes, 'raw_der_structure'],
  ])('fail/cannot have a raw signature with which to %s', (_name, bytes, issue) => {
    expect(() => prepare('raw', Buffer.from('harmless'), bytes)).toThrow(
      expect.objectContaining({ code: 'request.invalid', details: { field: 'body.messages.1.content', issue } }),
    )
  })

  test('ok/may have the same bytes signed as a CMS message, which says what it is', () => {
    expect(prepare('cms', login, attributes).total).toBe(2)
  })
})
