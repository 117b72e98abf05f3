import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createDemoTokens } from './tokens.ts'
import type { DemoTokens } from './tokens.ts'

let directory: string
let demo: DemoTokens

beforeAll(async () => {
  directory = mkdtempSync(path.join(tmpdir(), 'demo-tokens-'))
  demo = await createDemoTokens(directory, { tokens: 2 })
})
afterAll(() => {
  rmSync(directory, { recursive: true, force: true })
})

describe('demo tokens', () => {
  it('openssl accepts every certificate against the chain', () => {
    writeFileSync(path.join(directory, 'chain.pem'), demo.caChainPem)
    const files = demo.tokens.flatMap(({ certificates }, token) =>
      certificates.map(({ pem }, index) => {
        const file = path.join(directory, `c${token}${index}.pem`)
        writeFileSync(file, pem)
        return file
      }),
    )
    const output = execFileSync('openssl', ['verify', '-CAfile', path.join(directory, 'chain.pem'), ...files])
    expect(output.toString().match(/: OK/g)).toHaveLength(6)
  })

  it('subjects are Chinese UTF-8 and carry the credit code', () => {
    const text = execFileSync('openssl', ['x509', '-noout', '-text', '-nameopt', 'RFC2253,-esc_msb,utf8'], {
      input: demo.tokens[0]!.certificates[0]!.pem,
    }).toString()
    expect(text).toContain('CN=张三,O=华北建设工程有限公司')
    expect(text).toContain('Digital Signature, Non Repudiation')
    expect(text).toMatch(/1\.2\.156\.10260\.4\.1\.4:\s+\.\.91130100/)
  })

  it('a second call uses the same tokens, and a larger one adds to them', async () => {
    const again = await createDemoTokens(directory, { tokens: 2 })
    expect(again.tokens).toEqual(demo.tokens)
    const more = await createDemoTokens(directory, { tokens: 3 })
    expect(more.tokens.slice(0, 2)).toEqual(demo.tokens)
    expect(new Set(more.tokens.map(({ serial }) => serial)).size).toBe(3)
  })

  it('pkcs11-tool finds three certificates and logs in with the PIN', () => {
    const { label, pin } = demo.tokens[1]!
    const listed = execFileSync(
      'pkcs11-tool',
      ['--module', demo.modulePath, '--token-label', label, '--login', '--pin', pin, '--list-objects'],
      { env: { ...process.env, ...demo.env } },
    ).toString()
    expect(listed.match(/Certificate Object/g)).toHaveLength(3)
    expect(listed.match(/Private Key Object/g)).toHaveLength(3)
  })
})
