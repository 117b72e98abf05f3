/**
 * One signature over an open session: through the token host and its helper process, against pkcs11js directly in this
 * process. Interleaved, so that both see the same machine. `node bench/token-sign.ts`.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import pkcs11 from 'pkcs11js'
import { createChildProcessSpawner } from '#native/spawn-child-process.ts'
import { digestInfo } from '#native/signing.ts'
import { createTokenHost } from '#native/token-host.ts'
import { createDemoTokens } from '#tools/softhsm/tokens.ts'

const ROUNDS = 40
const PER_ROUND = 25
const digest = new Uint8Array(32).fill(7)

const quantile = (times: number[], share: number): number =>
  times.toSorted((one, other) => one - other)[Math.floor(times.length * share)] ?? Number.NaN

const directory = mkdtempSync(path.join(tmpdir(), 'bench-token-'))
const demo = await createDemoTokens(directory, { tokens: 1 })
const token = demo.tokens[0]
if (!token) throw new Error('no demo token')

/** The same calls that a program without helper would make. */
const openDirect = (): ((keyId: string, isRsa: boolean) => () => void) => {
  process.env.SOFTHSM2_CONF = demo.env.SOFTHSM2_CONF
  const module = new pkcs11.PKCS11()
  module.load(demo.modulePath)
  module.C_Initialize({ flags: pkcs11.CKF_OS_LOCKING_OK })
  const slot = module.C_GetSlotList(true).find((one) => module.C_GetTokenInfo(one).serialNumber.trim() === token.serial)
  if (!slot) throw new Error('no slot')
  const session = module.C_OpenSession(slot, pkcs11.CKF_SERIAL_SESSION)
  module.C_Login(session, pkcs11.CKU_USER, token.pin)
  const output = Buffer.alloc(512)
  return (keyId, isRsa) => {
    module.C_FindObjectsInit(session, [
      { type: pkcs11.CKA_CLASS, value: pkcs11.CKO_PRIVATE_KEY },
      { type: pkcs11.CKA_ID, value: Buffer.from(keyId, 'hex') },
    ])
    const key = module.C_FindObjects(session, 1)[0]
    module.C_FindObjectsFinal(session)
    if (!key) throw new Error('no key')
    const mechanism = { mechanism: isRsa ? pkcs11.CKM_RSA_PKCS : pkcs11.CKM_ECDSA }
    const data = Buffer.from(isRsa ? digestInfo('sha256', digest) : digest)
    return () => {
      module.C_SignInit(session, mechanism, key)
      module.C_Sign(session, data, output)
    }
  }
}

const host = createTokenHost({
  spawnHelper: createChildProcessSpawner(),
  log: { info: () => undefined, warn: () => undefined, error: () => undefined },
  drivers: [{ id: 'bench', name: '', vendor: '', origin: 'shipped', paths: [demo.modulePath], env: demo.env }],
})
await host.refresh()
const [found] = host.keyring().tokens
if (!found) throw new Error('no token in the keyring')
const session = await host.openSession(found.id, Buffer.from(token.pin))
const direct = openDirect()

console.log('signature           direct p50 / p99      helper p50 / p99      more at p50   64 in a row, each')
for (const [name, keyId, algorithm] of [
  ['RSA-2048 PKCS#1', '01', 'rsa-pkcs1-sha256'],
  ['ECDSA P-256', '02', 'ecdsa-sha256'],
] as const) {
  const certificateId = found.certificates.find((certificate) => certificate.keyId === keyId)?.id ?? ''
  const viaHelper = () => session.sign({ certificateId, algorithm, digest })
  const directly = direct(keyId, algorithm.startsWith('rsa'))
  const times = { direct: [] as number[], helper: [] as number[] }
  for (let round = -4; round < ROUNDS; round++) {
    for (let index = 0; index < PER_ROUND; index++) {
      const start = performance.now()
      directly()
      if (round >= 0) times.direct.push(performance.now() - start)
    }
    for (let index = 0; index < PER_ROUND; index++) {
      const start = performance.now()
      await viaHelper()
      if (round >= 0) times.helper.push(performance.now() - start)
    }
  }
  const start = performance.now()
  for (let round = 0; round < 5; round++) await Promise.all(Array.from({ length: 64 }, viaHelper))
  const queued = (performance.now() - start) / 320
  const show = (list: number[]): string =>
    `${quantile(list, 0.5).toFixed(3)} / ${quantile(list, 0.99).toFixed(3)} ms`.padEnd(22)
  const more = (quantile(times.helper, 0.5) - quantile(times.direct, 0.5)).toFixed(3)
  console.log(
    `${name.padEnd(20)}${show(times.direct)}${show(times.helper)}${`${more} ms`.padEnd(14)}${queued.toFixed(3)} ms`,
  )
}

await session.close()
await host.close()
rmSync(directory, { recursive: true, force: true })
process.exit(0)
