import { randomBytes } from 'node:crypto'
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import type { Manifest } from '#pki/envelope/manifest.ts'
import { issueRecipient } from '#pki/testing/recipient.ts'
import { decryptFile, encryptFile } from './envelope-files.ts'

const directory = mkdtempSync(path.join(tmpdir(), 'yzt-envelope-'))
afterAll(() => rmSync(directory, { recursive: true }))
const file = (name: string) => path.join(directory, name)
const bid = randomBytes(3_000_000)
beforeEach(() => writeFileSync(file('bid'), bid))

const recipient = issueRecipient('sm2')
const encrypt = (overrides: Partial<Parameters<typeof encryptFile>[1]> = {}) =>
  encryptFile(
    { source: file('bid'), target: file('message') },
    {
      recipients: [recipient],
      profile: 'gm',
      trialKey: recipient,
      now: new Date(),
      openingTime: null,
      record: () => undefined,
      ...overrides,
    },
  )
const decrypt = (source: string, manifest: Manifest | null) =>
  decryptFile({ source: file(source), target: file('plain') }, { key: recipient, manifest })

describe('bids in files', () => {
  test('ok/encrypted and decrypted, readable by nobody else, no other file left', async () => {
    const { manifest } = await encrypt()
    expect(await decrypt('message', manifest)).toBe(bid.length)
    expect(Buffer.compare(readFileSync(file('plain')), bid)).toBe(0)
    expect(readdirSync(directory).sort()).toEqual(['bid', 'message', 'plain'])
    for (const name of ['message', 'plain']) {
      expect(statSync(file(name)).mode & 0o077).toBe(0)
      rmSync(file(name))
    }
  })

  test('fail/a program that is still writing the bid is noticed', async () => {
    let isWritten = false
    const onProgress = () => {
      if (!isWritten) appendFileSync(file('bid'), 'the last page')
      isWritten = true
    }
    await expect(encrypt({ onProgress })).rejects.toMatchObject({ code: 'envelope.source_changed' })
    expect(readdirSync(directory)).toEqual(['bid'])
  })

  test('fail/a spoiled message leaves no plaintext', async () => {
    const { manifest } = await encrypt()
    const message = readFileSync(file('message'))
    message[1_000_000]! ^= 1
    writeFileSync(file('spoiled'), message)
    await expect(decrypt('spoiled', manifest)).rejects.toMatchObject({ code: 'key.decryption_failed' })
    await expect(decrypt('spoiled', null)).rejects.toMatchObject({ code: 'key.decryption_failed' })
    expect(readdirSync(directory).sort()).toEqual(['bid', 'message', 'spoiled'])
  })

  test('fail/a file that is gone, and a folder that is', async () => {
    await expect(decrypt('nothing', null)).rejects.toMatchObject({ code: 'document.not_found' })
    const nowhere = { source: file('bid'), target: file('no/such/folder/message') }
    const run = decryptFile(nowhere, { key: recipient, manifest: null })
    await expect(run).rejects.toMatchObject({ code: 'program.unexpected' })
  })
})
