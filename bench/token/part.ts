import path from 'node:path'
import { createHash } from 'node:crypto'
import { createChildProcessSpawner } from '#native/spawn-child-process.ts'
import { createTokenHost } from '#native/token-host.ts'
import { createDemoTokens } from '#tools/softhsm/tokens.ts'
import { createDirectSigner } from '../bridge/direct-signer.ts'
import { helperBundles } from '../harness/bundle.ts'
import { figure } from '../harness/figures.ts'
import type { Figure } from '../harness/figures.ts'
import { interleave, milliseconds, timed } from '../harness/interleave.ts'
import { workplace } from '../harness/places.ts'
import { summarize } from '../harness/stats.ts'

const ROUNDS = { rounds: 40, warmUp: 4, block: 25 }
const IN_A_ROW = 64
const MESSAGE = Buffer.alloc(1000, 7)
const KEYS = [
  { type: 'rsa', name: 'RSA-2048', algorithm: 'rsa-pkcs1-sha256' },
  { type: 'ec', name: 'ECDSA P-256', algorithm: 'ecdsa-sha256' },
] as const

/** One signature over an open session: token host and helper process against pkcs11js in the own process. */
export const tokenPart = async (): Promise<Figure[]> => {
  const demo = await createDemoTokens(path.join(workplace, 'tokens'), { tokens: 4 })
  const token = demo.tokens[0]!
  const driver = { id: 'softhsm', name: 'SoftHSM2', vendor: 'OpenDNSSEC', origin: 'shipped' as const }
  const host = createTokenHost({
    spawnHelper: createChildProcessSpawner((await helperBundles()).tokenHelper),
    log: { info: () => undefined, warn: console.error, error: console.error },
    drivers: [{ ...driver, paths: [demo.modulePath], env: demo.env }],
  })
  await host.refresh()
  const found = host.keyring().tokens.find(({ serial }) => serial === token.serial)
  if (!found) throw new Error('no token in the keyring')
  const session = await host.openSession(found.id, Buffer.from(token.pin))
  const direct = createDirectSigner(demo, token)
  const figures: Figure[] = []
  for (const { type, name, algorithm } of KEYS) {
    const keyId = token.certificates.find((each) => each.type === type && each.use === 'sign')?.keyId
    const certificateId = found.certificates.find((each) => each.keyId === keyId)?.id ?? ''
    const sign = (): Promise<Uint8Array> =>
      session.sign({ certificateId, algorithm, digest: createHash('sha256').update(MESSAGE).digest() })
    const samples = await interleave(
      {
        direct: () => timed(() => direct.sign(type, MESSAGE)),
        helper: () => milliseconds(sign),
        queue: () => milliseconds(() => Promise.all(Array.from({ length: IN_A_ROW }, sign))),
      },
      { ...ROUNDS, only: { queue: 1 } },
    )
    const [plain, helper, queue] = [samples.direct, samples.helper, samples.queue].map(summarize)
    const beside = (share: 'p50' | 'p99') => ({ name: 'pkcs11js in the own process', value: plain![share] })
    figures.push(
      figure(`token: ${name} through the helper process, p50`, helper!.p50, 'ms', beside('p50')),
      figure(`token: ${name} through the helper process, p99`, helper!.p99, 'ms', beside('p99')),
      figure(`token: ${name}, each of ${IN_A_ROW} asked at once`, queue!.p50 / IN_A_ROW, 'ms', beside('p50')),
    )
  }
  await session.close()
  await host.close()
  direct.close()
  return figures
}
