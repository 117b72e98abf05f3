import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** One RSA-2048 key and certificate in the three forms that the signers want. */
export interface SigningKeyFiles {
  readonly keyFile: string
  readonly certificateFile: string
  readonly chainFile: string
  readonly p12File: string
  readonly password: string
  /** NSS database of pdfsig, holding the same key under `nickname`. */
  readonly nssDirectory: string
  readonly nickname: string
}

/** Makes the key in `directory`, or uses the one already there. Needs openssl, certutil and pk12util. */
export const makeSigningKey = async (directory: string): Promise<SigningKeyFiles> => {
  const at = (name: string): string => path.join(directory, name)
  const files: SigningKeyFiles = {
    keyFile: at('key.pem'),
    certificateFile: at('certificate.pem'),
    chainFile: at('chain.pem'),
    p12File: at('key.p12'),
    password: 'bench',
    nssDirectory: at('nss'),
    nickname: 'bench',
  }
  if (existsSync(at('complete'))) return files
  await mkdir(files.nssDirectory, { recursive: true })
  // Names in ASCII and an authority of its own: node-forge re-encodes Chinese names and its CMS is then not accepted.
  const rsa = ['-newkey', 'rsa:2048', '-nodes', '-sha256', '-days', '365']
  const authority = ['-subj', '/C=CN/O=Bench/CN=Bench CA', '-keyout', at('ca.key'), '-out', files.chainFile]
  await run('openssl', ['req', '-x509', ...rsa, ...authority])
  const holder = ['-subj', '/C=CN/O=Bench/CN=Bench', '-keyout', files.keyFile, '-out', files.certificateFile]
  const issuer = ['-CA', files.chainFile, '-CAkey', at('ca.key')]
  const usage = ['-addext', 'keyUsage=critical,digitalSignature,nonRepudiation']
  await run('openssl', ['req', '-x509', ...rsa, ...holder, ...issuer, ...usage])
  const input = ['-inkey', files.keyFile, '-in', files.certificateFile, '-certfile', files.chainFile]
  const output = ['-out', files.p12File, '-name', files.nickname, '-passout', `pass:${files.password}`]
  await run('openssl', ['pkcs12', '-export', ...input, ...output])
  const database = ['-d', `sql:${files.nssDirectory}`]
  await run('certutil', ['-N', ...database, '--empty-password'])
  await run('pk12util', ['-i', files.p12File, ...database, '-W', files.password, '-K', ''])
  await writeFile(at('complete'), '')
  return files
}
