/**
 * Demo and test USB keys: a private SoftHSM2 with any number of tokens, each with three key pairs made inside it and
 * certificates of a test CA. Used by the tests, the benchmarks and `npm start`.
 */
import { fork } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { holders } from './holders.ts'
import type { CertificatePlan, KeyPlan, MadeToken, ProvisionReply, ProvisionRequest } from './provision.ts'
import { subjectOf } from './subject.ts'
import { openTestCa } from './test-ca.ts'

interface DemoCertificate {
  /** CKA_ID, hex. */
  readonly keyId: string
  readonly type: 'rsa' | 'ec'
  readonly use: 'sign' | 'decrypt'
  readonly pem: string
}
export interface DemoToken {
  readonly label: string
  readonly serial: string
  readonly pin: string
  readonly soPin: string
  readonly holder: string
  readonly organization: string
  /** In this order: RSA-2048 signing, P-256 signing, RSA-2048 encryption. */
  readonly certificates: readonly DemoCertificate[]
}
export interface DemoTokens {
  readonly directory: string
  readonly modulePath: string
  /** To be set in the environment of the process that loads the module. */
  readonly env: Readonly<Record<string, string>>
  readonly rootPem: string
  /** Issuing CA, then root. */
  readonly caChainPem: string
  readonly tokens: readonly DemoToken[]
}

const KEYS: readonly KeyPlan[] = [
  { id: '01', label: 'sign-rsa', type: 'rsa', use: 'sign' },
  { id: '02', label: 'sign-ec', type: 'ec', use: 'sign' },
  { id: '03', label: 'decrypt-rsa', type: 'rsa', use: 'decrypt' },
]
const VALID_DAYS = 730
const MODULE_PATHS = [
  '/usr/lib/softhsm/libsofthsm2.so',
  '/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so',
  '/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so',
  '/usr/lib64/pkcs11/libsofthsm2.so',
  '/usr/lib64/libsofthsm2.so',
  '/opt/homebrew/lib/softhsm/libsofthsm2.so',
  '/usr/local/lib/softhsm/libsofthsm2.so',
]

/** Path of SoftHSM2's module on this computer, or null when it is not installed. */
const findSoftHsm = (): string | null => MODULE_PATHS.find((candidate) => existsSync(candidate)) ?? null

const derOf = (pem: string): Buffer => new X509Certificate(pem).raw

interface Provisioner {
  ask(request: ProvisionRequest): Promise<readonly MadeToken[]>
  close(): void
}

const startProvisioner = (env: Readonly<Record<string, string>>): Provisioner => {
  const child = fork(path.join(import.meta.dirname, 'provision.ts'), {
    serialization: 'advanced',
    env: { ...process.env, NODE_OPTIONS: '', ...env },
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  return {
    ask: (request) =>
      new Promise((resolve, reject) => {
        const failed = (code: number | null): void => reject(new Error(`SoftHSM2 set-up ended with ${String(code)}`))
        child.once('exit', failed)
        child.once('message', (reply: ProvisionReply) => {
          child.off('exit', failed)
          if ('error' in reply) reject(new Error(`SoftHSM2 set-up: ${reply.error}`))
          else resolve(reply.tokens)
        })
        child.send(request)
      }),
    close: () => child.disconnect(),
  }
}

const isStillValid = (token: DemoToken): boolean =>
  token.certificates.every(({ pem }) => Date.parse(new X509Certificate(pem).validTo) > Date.now() + 86_400_000)

const readTokens = async (file: string): Promise<readonly DemoToken[]> =>
  existsSync(file) ? (JSON.parse(await readFile(file, 'utf8')) as DemoToken[]).filter(isStillValid) : []

/**
 * Makes at least `tokens` tokens in `directory`, or re-uses those that an earlier call made there. The PIN is 123456 and
 * the security officer's PIN 12345678 on all of them.
 * @throws when SoftHSM2 or openssl is not installed
 */
export const createDemoTokens = async (directory: string, options: { tokens?: number } = {}): Promise<DemoTokens> => {
  const wanted = options.tokens ?? 1
  const modulePath = findSoftHsm()
  if (modulePath === null) throw new Error('SoftHSM2 is not installed (Debian: apt-get install softhsm2)')
  const root = path.resolve(directory)
  const store = path.join(root, 'tokens')
  const listFile = path.join(root, 'tokens.json')
  await mkdir(store, { recursive: true, mode: 0o700 })
  const env = { SOFTHSM2_CONF: path.join(root, 'softhsm2.conf') }
  await writeFile(env.SOFTHSM2_CONF, `directories.tokendir = ${store}\nobjectstore.backend = file\nlog.level = ERROR\n`)
  const ca = await openTestCa(path.join(root, 'ca'))
  const existing = await readTokens(listFile)
  const made = existing.length >= wanted ? [] : await makeTokens(existing.length, wanted, modulePath, env, ca)
  const tokens = [...existing, ...made]
  if (made.length > 0) await writeFile(listFile, JSON.stringify(tokens, null, 2))
  return {
    directory: root,
    modulePath,
    env,
    rootPem: ca.rootPem,
    caChainPem: ca.issuingPem + ca.rootPem,
    tokens: tokens.slice(0, Math.max(wanted, 1)),
  }
}

const makeTokens = async (
  from: number,
  to: number,
  modulePath: string,
  env: Readonly<Record<string, string>>,
  ca: Awaited<ReturnType<typeof openTestCa>>,
): Promise<DemoToken[]> => {
  const plans = Array.from({ length: to - from }, (_, index) => ({
    label: `演示介质 ${from + index + 1}`,
    pin: '123456',
    soPin: '12345678',
    keys: KEYS,
  }))
  const provisioner = startProvisioner(env)
  try {
    const made = await provisioner.ask({ call: 'create', modulePath, tokens: plans })
    const tokens: DemoToken[] = []
    const writes: CertificatePlan[] = []
    for (const [index, { label, serial, publicKeys }] of made.entries()) {
      const holder = holders(from + index)
      const { pin, soPin } = plans[index] ?? { pin: '', soPin: '' }
      const certificates = await Promise.all(
        KEYS.map(async ({ id, type, use }, key) => {
          const publicKey = publicKeys[key] ?? ''
          return { keyId: id, type, use, pem: await ca.issue({ ...holder, use, publicKey, days: VALID_DAYS }) }
        }),
      )
      for (const { keyId: id, pem } of certificates) {
        const der = derOf(pem)
        writes.push({ serial, pin, id, label: holder.name, der, subject: subjectOf(der) })
      }
      tokens.push({ label, serial, pin, soPin, holder: holder.name, organization: holder.organization, certificates })
    }
    await provisioner.ask({ call: 'certificates', certificates: writes })
    return tokens
  } finally {
    provisioner.close()
  }
}
