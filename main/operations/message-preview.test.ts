import { describe, expect, test } from 'vitest'
import { previewMessage } from './message-preview.ts'

describe('F17.6 what the person sees of a message', () => {
  test('ok/text is shown as it is', () => {
    expect(previewMessage(Buffer.from('投标报价：¥1,234.50\n第二行'))).toMatchObject({
      preview: '投标报价：¥1,234.50\n第二行',
      isText: true,
      isTruncated: false,
    })
  })

  test('ok/long text is cut and said to be cut', () => {
    const { preview, isTruncated } = previewMessage(Buffer.from('x'.repeat(5000)))
    expect(preview).toHaveLength(4000)
    expect(isTruncated).toBe(true)
  })

  test.each([
    ['bytes that are not UTF-8', Buffer.from([0xff, 0xfe, 0x00]), 'ff fe 00'],
    ['a control character', Buffer.from('pay\u0008 1'), '70 61 79 08 20 31'],
    ['text that turns its direction', Buffer.from('a\u202eb'), '61 e2 80 ae 62'],
    ['a character without width', Buffer.from('a\u200bb'), '61 e2 80 8b 62'],
  ])('fail/%s is shown as bytes', (_name, bytes, preview) => {
    expect(previewMessage(bytes)).toMatchObject({ preview, isText: false })
  })
})
