/** pcscd, vpcd and OpenSC's PKCS#11 module as Debian ships them; only the card behind them is software. */
import { X509Certificate, generateKeyPairSync } from 'node:crypto'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { openTestCa } from '#tools/softhsm/test-ca.ts'
import { createPivCard } from '#tools/virtual-card/piv-card.ts'
import type { PivCard } from '#tools/virtual-card/piv-card.ts'
import { startVirtualReader } from '#tools/virtual-card/virtual-reader.ts'
import type { VirtualReader } from '#tools/virtual-card/virtual-reader.ts'
import { driversForComputer } from './driver-map.ts'
import { createChildProcessSpawner } from './spawn-child-process.ts'
import {
  certificateWith,
  digest,
  keyringWhere,
  opensslAccepts,
  pinBytes,
  quietLog,
  temporaryDirectory,
} from './test-support.ts'
import { createTokenHost } from './token-host.ts'
import type { TokenHost } from './token-host.ts'

const ALGORITHM = 'rsa-pkcs1-sha256'
const { directory, remove } = temporaryDirectory()
let reader: VirtualReader
let host: TokenHost

beforeAll(async () => {
  reader = await startVirtualReader(directory)
  host = createTokenHost({
    spawnHelper: createChildProcessSpawner(),
    log: quietLog,
    drivers: driversForComputer().filter(({ id }) => id === 'opensc'),
    timing: { pollMs: 200 },
  })
  await host.refresh()
})
afterAll(async () => {
  await host.close()
  await reader.stop()
  remove()
})

const makeCard = async (name: string, guid: number): Promise<PivCard> => {
  const ca = await openTestCa(path.join(directory, 'ca'))
  const { publicKey, privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
  const holder = { name, organization: '华北建设工程有限公司', province: '河北省', creditCode: '91350100M000100Y43' }
  const pem = await ca.issue({ ...holder, use: 'sign', publicKey, days: 30 })
  const certificate = new X509Certificate(pem).raw
  return createPivCard({ certificate, privateKey, pin: '135246', guid: Buffer.alloc(16, guid) })
}

const inserted = new Set<() => void>()
const insert = async (card: PivCard): Promise<() => void> => {
  const pullOut = await reader.insert(card)
  inserted.add(pullOut)
  return pullOut
}
afterEach(() => {
  for (const pullOut of inserted) pullOut()
  inserted.clear()
})

const thereIs = (count: number): Promise<void> => keyringWhere(host, (tokens) => tokens.length === count)
const theToken = () => host.keyring().tokens[0]!
const sign = async (message: string): Promise<boolean> => {
  const certificate = certificateWith(theToken(), '01')
  const session = await host.openSession(theToken().id, pinBytes('135246'))
  try {
    const request = { certificateId: certificate.id, algorithm: ALGORITHM, digest: digest(ALGORITHM, message) } as const
    return opensslAccepts(directory, certificate, ALGORITHM, message, await session.sign(request))
  } finally {
    await session.close()
  }
}

describe('a smart card that comes and goes', () => {
  it('is seen when it is put in, signs, is missed when it is pulled out, and is the same when it comes back', async () => {
    const card = await makeCard('张三', 7)
    expect(host.keyring().drivers[0]).toMatchObject({ id: 'opensc', state: 'ready' })
    expect(host.keyring().tokens).toEqual([])

    const pullOut = await insert(card)
    await thereIs(1)
    const { id, certificates } = theToken()
    expect(certificates).toHaveLength(1)
    const { id: certificateId } = certificateWith(theToken(), '01')
    expect(await sign('first')).toBe(true)

    pullOut()
    await thereIs(0)
    await expect(host.openSession(id, pinBytes('135246'))).rejects.toMatchObject({ code: 'token.absent' })

    const pullOutAgain = await insert(card)
    await thereIs(1)
    expect(theToken().id).toBe(id)
    expect(certificateWith(theToken(), '01').id).toBe(certificateId)
    expect(await sign('after a re-plug')).toBe(true)
    pullOutAgain()
    await thereIs(0)
  })

  it('pulled out while a session is open: the session is lost, and the card that comes next is not signed with', async () => {
    const [mine, other] = [await makeCard('张三', 8), await makeCard('李四', 9)]
    const pullOut = await insert(mine)
    await thereIs(1)
    const first = theToken()
    const certificateId = certificateWith(first, '01').id
    const session = await host.openSession(first.id, pinBytes('135246'))
    const request = { certificateId, algorithm: ALGORITHM, digest: digest(ALGORITHM, 'x') } as const
    expect(await session.sign(request)).toHaveLength(256)

    pullOut()
    await new Promise((resolve) => setTimeout(resolve, 300))
    await expect(session.sign(request)).rejects.toMatchObject({ code: 'token.removed' })
    await thereIs(0)

    const pullOutOther = await insert(other)
    await thereIs(1)
    expect(theToken().id).not.toBe(first.id)
    await expect(session.sign(request)).rejects.toMatchObject({ code: 'token.removed' })
    await session.close()
    pullOutOther()
    await thereIs(0)
  })

  it('counts exactly one try for a wrong PIN, whatever is listed and plugged afterwards', async () => {
    const card = await makeCard('王五', 10)
    const pullOut = await insert(card)
    await thereIs(1)
    await expect(host.openSession(theToken().id, pinBytes('000000'))).rejects.toMatchObject({ code: 'pin.incorrect' })
    await host.refresh()
    expect(card.pinChecks()).toBe(1)
    expect(card.triesLeft()).toBe(2)

    await expect(host.openSession(theToken().id, pinBytes('000000'))).rejects.toMatchObject({ code: 'pin.incorrect' })
    await expect(host.openSession(theToken().id, pinBytes('000000'))).rejects.toMatchObject({ code: 'pin.locked' })
    expect(card.pinChecks()).toBe(3)
    await keyringWhere(host, () => theToken().pin.state === 'locked')
    pullOut()
    await thereIs(0)
  })
})
