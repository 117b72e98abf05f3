import { createHash, verify, X509Certificate } from 'node:crypto'
import type { DemoToken, DemoTokens } from '#tools/softhsm/tokens.ts'
import { rm } from 'node:fs/promises'
import { figure, limited } from '../harness/figures.ts'
import type { Figure } from '../harness/figures.ts'
import { interleave, milliseconds, timed } from '../harness/interleave.ts'
import { median, summarize } from '../harness/stats.ts'
import { createBridgeClient } from './client.ts'
import type { BridgeClient } from './client.ts'
import { createDirectSigner } from './direct-signer.ts'
import type { DirectSigner } from './direct-signer.ts'
import type { HostProcess } from './host-process.ts'
import { memoryFolder, openHost } from './open-host.ts'
import { openPage } from './page.ts'
import type { Page } from './page.ts'

type KeyType = 'rsa' | 'ec'

const KEY_NAMES = { rsa: 'RSA-2048', ec: 'ECDSA P-256' } as const
const ROUNDS = { rounds: 80, warmUp: 30, block: 25 }
const LOGIN_ROUNDS = { rounds: 20, warmUp: 2, block: 10 }
const BATCH = 100
const LOOP_LIMIT_MS = 20
/** Fortify's engine on a machine of the same kind, RSA-2048 on SoftHSM2, with C_Sign beside it in the same run. */
const FORTIFY = { engine: 10.6, direct: 0.83 }

const MESSAGE = Buffer.from('投标函：我方已仔细研究招标文件的全部内容，愿意以投标总报价承包本工程。'.repeat(8), 'utf8')
const CONTENT = MESSAGE.toString('base64')

interface Bench {
  readonly demo: DemoTokens
  readonly host: HostProcess
  readonly client: BridgeClient
  readonly bare: BridgeClient
  readonly direct: DirectSigner
}

const certificateOf = (token: DemoToken, type: KeyType): X509Certificate =>
  new X509Certificate(token.certificates.find((each) => each.type === type && each.use === 'sign')?.pem ?? '')
const certificateIdOf = (token: DemoToken, type: KeyType): string =>
  createHash('sha256').update(certificateOf(token, type).raw).digest('hex')

/** A figure of a signature that nobody can verify would be worth nothing. */
const checkSignature = async (page: Page, token: DemoToken, type: KeyType): Promise<void> => {
  const [signature = ''] = await page.sign(certificateIdOf(token, type), 'raw', [CONTENT])
  if (!verify('sha256', MESSAGE, certificateOf(token, type).publicKey, Buffer.from(signature, 'base64'))) {
    throw new Error(`the bridge's ${type} signature is not valid`)
  }
}

const loopFigure = async ({ host }: Bench, during: string, keepsKeys = true): Promise<Figure[]> => {
  const { longest, longestOwn } = await host.turn(keepsKeys)
  const what = `bridge: longest block of main's event loop, ${during}`
  return [limited(what, longestOwn, 'ms', LOOP_LIMIT_MS), figure(`${what}, waiting for a CPU included`, longest, 'ms')]
}

/** One after the other, the key open: what the way through HTTP, operation, journal and helper process adds to C_Sign. */
const overhead = async (bench: Bench, type: KeyType, where = ''): Promise<Figure[]> => {
  const { bare, client, demo, direct, host } = bench
  const token = demo.tokens[0]!
  const id = certificateIdOf(token, type)
  const page = await openPage(client, 'platform')
  await host.turn(true)
  await checkSignature(page, token, type)
  const algorithm = type === 'rsa' ? 'rsa-pkcs1-sha256' : 'ecdsa-sha256'
  const bareRequest = { certificateId: id, algorithm, content: CONTENT }
  const batch = Array.from({ length: BATCH }, () => CONTENT)
  const samples = await interleave(
    {
      direct: () => timed(() => direct.sign(type, MESSAGE)),
      bare: () => milliseconds(() => bare.call('POST', '/', { origin: '', body: bareRequest })),
      raw: () => milliseconds(() => page.sign(id, 'raw', [CONTENT])),
      cms: () => milliseconds(() => page.sign(id, 'cms', [CONTENT])),
    },
    ROUNDS,
  )
  const batches = await interleave(
    {
      direct: () => timed(() => batch.forEach(() => direct.sign(type, MESSAGE))),
      batch: () => milliseconds(() => page.sign(id, 'raw', batch)),
    },
    { rounds: 20, warmUp: 2 },
  )
  const [plain, raw, cms] = [samples.direct, samples.raw, samples.cms].map(summarize)
  const what = `bridge: ${KEY_NAMES[type]} message signature${where}`
  const beside = (share: 'p50' | 'p99') => ({ name: 'C_Sign through pkcs11js', value: plain![share] })
  const figures = [
    figure(`${what}, p50`, raw!.p50, 'ms', beside('p50')),
    figure(`${what}, p99`, raw!.p99, 'ms', beside('p99')),
    figure(`${what}, p50`, raw!.p50, 'ms', {
      name: 'node:http and helper process, nothing else',
      value: median(samples.bare),
    }),
    figure(`${what} as CMS, p50`, cms!.p50, 'ms', beside('p50')),
    figure(`${what} as CMS, p99`, cms!.p99, 'ms', beside('p99')),
    limited(`${what}, p50 added to C_Sign`, raw!.p50 - plain!.p50, 'ms', type === 'ec' ? 0.8 : 0.6 * plain!.p50),
    figure(`${what}, each of ${BATCH} in one request, p50`, median(batches.batch) / BATCH, 'ms', {
      name: 'C_Sign through pkcs11js',
      value: median(batches.direct) / BATCH,
    }),
  ]
  if (type === 'rsa') {
    const scaled = (FORTIFY.engine / FORTIFY.direct) * plain!.p50
    const name = `Fortify's engine (not run here: ${FORTIFY.engine} ms against ${FORTIFY.direct} ms direct, scaled)`
    figures.push(figure(`${what}, p50`, raw!.p50, 'ms', { name, value: scaled }))
  }
  return [...figures, ...(await loopFigure(bench, `${KEY_NAMES[type]} one after the other${where}`))]
}

/** Each question with C_Login and C_Logout, as when a person is asked each time. */
const withLogin = async (bench: Bench, type: KeyType): Promise<Figure[]> => {
  const { client, demo, direct, host } = bench
  const page = await openPage(client, 'platform')
  const id = certificateIdOf(demo.tokens[0]!, type)
  await host.turn(false)
  const samples = await interleave(
    {
      direct: () => timed(() => direct.signWithLogin(type, MESSAGE)),
      bridge: () => milliseconds(() => page.sign(id, 'raw', [CONTENT])),
    },
    LOGIN_ROUNDS,
  )
  const [plain, bridge] = [summarize(samples.direct), summarize(samples.bridge)]
  const what = `bridge: ${KEY_NAMES[type]} message signature with a login each`
  const beside = 'pkcs11js with a login each'
  return [
    figure(`${what}, p50`, bridge.p50, 'ms', { name: beside, value: plain.p50 }),
    figure(`${what}, p99`, bridge.p99, 'ms', { name: beside, value: plain.p99 }),
    ...(await loopFigure(bench, `${KEY_NAMES[type]} with a login each`)),
  ]
}

const PARALLEL = [1, 8, 64] as const
const SIGNATURES = 1200

/** Many pages at once, each its own origin, spread over one or four tokens of one module. */
const parallel = async (bench: Bench, tokens: number): Promise<Figure[]> => {
  const { client, demo, host } = bench
  const ids = demo.tokens.slice(0, tokens).map((token) => certificateIdOf(token, 'rsa'))
  const figures: Figure[] = []
  let alone = 0
  for (const width of PARALLEL) {
    const pages = await Promise.all(Array.from({ length: width }, (_, index) => openPage(client, `platform-${index}`)))
    await host.turn(true)
    const times: number[] = []
    const work = async (page: Page, index: number, count: number): Promise<void> => {
      for (let turn = 0; turn < count; turn++) {
        times.push(await milliseconds(() => page.sign(ids[index % ids.length]!, 'raw', [CONTENT])))
      }
    }
    await Promise.all(pages.map((page, index) => work(page, index, 3)))
    times.length = 0
    const count = Math.ceil(SIGNATURES / width)
    const took = await milliseconds(() => Promise.all(pages.map((page, index) => work(page, index, count))))
    const rate = (count * width) / (took / 1000)
    alone ||= rate
    const what = `bridge: ${width} in parallel, ${tokens} ${tokens === 1 ? 'token' : 'tokens'}, RSA-2048`
    figures.push(figure(`${what}, signatures`, rate, '1/s', { name: '1 in parallel', value: alone }))
    figures.push(figure(`${what}, p50`, median(times), 'ms'))
    figures.push(figure(`${what}, p99`, summarize(times).p99, 'ms'))
  }
  return [...figures, ...(await loopFigure(bench, `up to ${PARALLEL.at(-1)} in parallel, tokens: ${tokens}`))]
}

const openBench = async (directory?: string): Promise<Bench> => {
  const { demo, host } = await openHost(directory)
  const client = createBridgeClient(host.port)
  const bare = createBridgeClient(host.barePort)
  return { demo, host, client, bare, direct: createDirectSigner(demo, demo.tokens[0]!) }
}

const closeBench = async ({ client, bare, host, direct }: Bench): Promise<void> => {
  client.close()
  bare.close()
  await host.close()
  direct.close()
}

export const bridgePart = async (): Promise<Figure[]> => {
  const bench = await openBench()
  const figures = [
    ...(await overhead(bench, 'rsa')),
    ...(await overhead(bench, 'ec')),
    ...(await withLogin(bench, 'rsa')),
    ...(await withLogin(bench, 'ec')),
    ...(await parallel(bench, 1)),
    ...(await parallel(bench, 4)),
  ]
  await closeBench(bench)
  const inMemory = await openBench(memoryFolder)
  for (const type of ['rsa', 'ec'] as const) figures.push(...(await overhead(inMemory, type, ', journal in memory')))
  await closeBench(inMemory)
  await rm(memoryFolder, { recursive: true, force: true })
  return figures
}
