/** A throw-away certificate authority made with openssl: root → issuing CA → the certificates of the demo tokens. */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const openssl = async (directory: string, ...args: string[]): Promise<void> => {
  await run('openssl', args, { cwd: directory })
}

/** Key usages of RFC 5280 §4.2.1.3 as Chinese dual certificates have them. */
const KEY_USAGE = {
  sign: 'digitalSignature,nonRepudiation',
  decrypt: 'keyEncipherment,dataEncipherment',
} as const

interface CertificateRequest {
  readonly name: string
  readonly organization: string
  readonly province: string
  /** 统一社会信用代码, GB 32100. CAs put it into 1.2.156.10260.4.1.4 as a UTF8String. */
  readonly creditCode: string
  readonly use: keyof typeof KEY_USAGE
  /** SubjectPublicKeyInfo, PEM. */
  readonly publicKey: string
  readonly days: number
}

export interface TestCa {
  readonly rootPem: string
  readonly issuingPem: string
  issue(request: CertificateRequest): Promise<string>
}

const CA_EXTENSIONS = (pathLength: number): string =>
  [
    `basicConstraints=critical,CA:TRUE,pathlen:${pathLength}`,
    'keyUsage=critical,keyCertSign,cRLSign',
    'subjectKeyIdentifier=hash',
    'authorityKeyIdentifier=keyid:always',
  ].join('\n')

const USER_EXTENSIONS = ({ use, creditCode }: CertificateRequest): string =>
  [
    'basicConstraints=critical,CA:FALSE',
    `keyUsage=critical,${KEY_USAGE[use]}`,
    'extendedKeyUsage=clientAuth,emailProtection',
    'subjectKeyIdentifier=hash',
    'authorityKeyIdentifier=keyid:always',
    `1.2.156.10260.4.1.4=ASN1:UTF8String:${creditCode}`,
  ].join('\n')

const makeAuthorities = async (directory: string): Promise<void> => {
  await mkdir(directory, { recursive: true })
  await writeFile(path.join(directory, 'root.cnf'), CA_EXTENSIONS(1))
  await writeFile(path.join(directory, 'issuing.cnf'), CA_EXTENSIONS(0))
  for (const [file, subject] of [
    ['root', '/C=CN/O=演示电子认证机构/CN=演示根证书'],
    ['issuing', '/C=CN/O=演示电子认证机构/CN=演示签发证书'],
  ] as const) {
    const key = ['-newkey', 'rsa:2048', '-nodes', '-keyout', `${file}.key`]
    await openssl(directory, 'req', '-new', '-utf8', '-subj', subject, ...key, '-out', `${file}.csr`)
  }
  const sign = ['x509', '-req', '-sha256', '-set_serial']
  const root = ['-in', 'root.csr', '-extfile', 'root.cnf', '-out', 'root.pem', '-days', '7300']
  await openssl(directory, ...sign, '0x01', ...root, '-signkey', 'root.key')
  const issuing = ['-in', 'issuing.csr', '-extfile', 'issuing.cnf', '-out', 'issuing.pem', '-days', '3650']
  await openssl(directory, ...sign, '0x02', ...issuing, '-CA', 'root.pem', '-CAkey', 'root.key')
}

let serialCounter = 0
/** RFC 5280 §4.1.2.2: positive, unique per CA. */
const nextSerial = (): string =>
  `0x${Date.now().toString(16)}${(serialCounter++ & 0xffff).toString(16).padStart(4, '0')}`

/** Makes the two authorities in `directory`, or opens those already there. */
export const openTestCa = async (directory: string): Promise<TestCa> => {
  if (!existsSync(path.join(directory, 'issuing.pem'))) await makeAuthorities(directory)
  const read = (file: string): Promise<string> => readFile(path.join(directory, file), 'utf8')
  return {
    rootPem: await read('root.pem'),
    issuingPem: await read('issuing.pem'),
    issue: async (request) => {
      const { name, organization, province, publicKey, days } = request
      const serial = nextSerial()
      const file = (kind: string): string => `user-${serial}.${kind}`
      await writeFile(path.join(directory, file('cnf')), USER_EXTENSIONS(request))
      await writeFile(path.join(directory, file('pub')), publicKey)
      // The key pair stays in the token: the request only carries the name, -force_pubkey puts in the token's key.
      const subject = `/C=CN/ST=${province}/O=${organization}/CN=${name}`
      const named = ['-new', '-utf8', '-subj', subject, '-key', 'issuing.key', '-out', file('csr')]
      await openssl(directory, 'req', ...named)
      const made = ['-in', file('csr'), '-force_pubkey', file('pub'), '-extfile', file('cnf'), '-out', file('pem')]
      const issuer = ['-CA', 'issuing.pem', '-CAkey', 'issuing.key', '-set_serial', serial, '-days', String(days)]
      await openssl(directory, 'x509', '-req', '-sha256', ...made, ...issuer)
      const pem = await read(file('pem'))
      await Promise.all(['cnf', 'pub', 'csr', 'pem'].map((kind) => rm(path.join(directory, file(kind)))))
      return pem
    },
  }
}
