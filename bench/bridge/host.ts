/**
 * The product's side, in a process of its own as in the client: store, operations, documents, bridge and token host as
 * main/core.ts joins them, with a helper process behind. The person alone is replaced, by approver.ts.
 *
 * Runs as a bundle (harness/bundle.ts): `node host.mjs <options as JSON>`; answers `{ port, … }`, then a report to each message it gets.
 */
import path from 'node:path'
import process from 'node:process'
import { createBridge } from '#bridge/create-bridge.ts'
import { createCore } from '#main/core.ts'
import type { Core } from '#main/core.ts'
import { createDocumentStore } from '#main/documents/document-store.ts'
import { createPdfService } from '#main/documents/pdf-worker-client.ts'
import { createMediaKeys } from '#main/keys/media-keys.ts'
import { createStore } from '#main/store/store.ts'
import { createAuthorities } from '#main/trust/authorities.ts'
import { createChildProcessSpawner } from '#native/spawn-child-process.ts'
import { createTokenHost } from '#native/token-host.ts'
import type { HelperBundles } from '../harness/bundle.ts'
import { watchLoop } from '#main/loop-probe.ts'
import type { LoopReport } from '#main/loop-probe.ts'
import { memoryOf } from '../harness/memory.ts'
import { createApprover } from './approver.ts'
import { startBareServer } from './bare-server.ts'

export interface HostOptions extends HelperBundles {
  readonly directory: string
  readonly modulePath: string
  readonly env: Readonly<Record<string, string>>
  readonly pin: string
  readonly caChainPem: string
}

/** Since the last report. */
export interface HostReport extends LoopReport {
  /** CPU time of main's thread, milliseconds. */
  readonly cpu: number
  /** MiB. */
  readonly memory: { readonly now: number; readonly peak: number }
}
export type HostAnswer = { readonly port: number; readonly barePort: number } | HostReport

const options = JSON.parse(process.argv[2] ?? '') as HostOptions
const now = (): Date => new Date()
const log = { info: () => undefined, warn: console.error, error: console.error }

const store = createStore({
  directory: options.directory,
  checkpoint: { workerFile: options.checkpointWorker, failed: console.error },
})
const authorities = createAuthorities([Buffer.from(options.caChainPem)])
const driver = { id: 'softhsm', name: 'SoftHSM2', vendor: 'OpenDNSSEC', origin: 'shipped' as const }
const tokens = createTokenHost({
  spawnHelper: createChildProcessSpawner(options.tokenHelper),
  drivers: [{ ...driver, paths: [options.modulePath], env: options.env }],
  log,
})
await tokens.refresh()

const approver = createApprover(
  { open: (...wanted) => createMediaKeys(tokens, core.certificates).open(...wanted) },
  options.pin,
)
const core: Core = createCore({
  store,
  tokens,
  consent: approver.port,
  documents: createDocumentStore({
    directory: path.join(options.directory, 'documents'),
    register: store.documents,
    now,
  }),
  pdf: createPdfService({
    workerFile: options.pdfWorker,
    authorities: [],
    log,
  }),
  authorities,
  changed: () => undefined,
  log,
  now,
})
// The client stops a page at 50 requests a second; what is measured is the time of one, so that gate is opened.
const bridge = createBridge(core.bridgePorts, { ports: [0], limits: { requestsPerSecond: 1e6, burst: 1e6 } })
const { port } = await bridge.listen()
const { port: barePort } = await startBareServer(approver.leaseOf)

const loop = watchLoop()
let cpuBefore = process.threadCpuUsage()
const answer = (message: HostAnswer): void => {
  process.send?.(message)
}
const report = (): HostReport => {
  const { user, system } = process.threadCpuUsage(cpuBefore)
  cpuBefore = process.threadCpuUsage()
  return { ...loop.take(), cpu: (user + system) / 1000, memory: memoryOf('self') }
}
process.on('message', ({ keepsKeys }: { readonly keepsKeys: boolean }) => {
  void approver.keepKeys(keepsKeys).then(() => answer(report()))
})
process.on('disconnect', () => process.exit())
answer({ port, barePort })
