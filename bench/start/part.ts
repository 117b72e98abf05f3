import { rm } from 'node:fs/promises'
import path from 'node:path'
import type { LoopProbe, LoopReport } from '#main/loop-probe.ts'
import { chooseElectron } from '#tools/setup/start/electron.ts'
import { setStage } from '#tools/demo/stage.ts'
import type { Stage } from '#tools/demo/stage.ts'
import { startClient } from '../../e2e/support/client.ts'
import type { Client } from '../../e2e/support/client.ts'
import { buildClient } from '../harness/bundle.ts'
import { figure, limited } from '../harness/figures.ts'
import type { Figure } from '../harness/figures.ts'
import { shareOf } from '../harness/memory.ts'
import { workplace } from '../harness/places.ts'
import { processTree } from '../harness/process-tree.ts'
import { median } from '../harness/stats.ts'

const STARTS = 5
const SETTLE_MS = 5_000
const IDLE_MS = 10_000
const LOOP_LIMIT_MS = 20

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds))

interface Measured extends Client {
  /** From the launch, milliseconds: the window answers; the plugged-in key stands in it. */
  readonly usable: number
  readonly withKey: number
}

const launch = async (stage: Stage): Promise<Measured> => {
  const begun = performance.now()
  const client = await startClient({ userData: stage.clientData, env: { ...stage.env, YZT_MEASURE: '1' } })
  await client.main.getByRole('heading', { level: 1 }).waitFor()
  const usable = performance.now() - begun
  await client.main
    .getByText(stage.tokens.tokens[0]?.label ?? '')
    .first()
    .waitFor()
  return { ...client, usable, withKey: performance.now() - begun }
}

/** Main's own measure, there with YZT_MEASURE=1 outside of a package. Since the last call. */
const longestBlock = ({ app }: Client): Promise<LoopReport> =>
  app.evaluate(() => (globalThis as unknown as { yztLoop: LoopProbe }).yztLoop.take())

const loopFigures = ({ longest, longestOwn }: LoopReport, during: string, runsOn: string): Figure[] => {
  const what = `start: longest block of main's event loop, ${during}, ${runsOn}`
  return [limited(what, longestOwn, 'ms', LOOP_LIMIT_MS), figure(`${what}, waiting for a CPU included`, longest, 'ms')]
}

const kindOf = (command: string, isRoot: boolean): string => {
  if (isRoot) return 'main process'
  if (command.includes('token-helper')) return 'token helper'
  return command.includes('chrom') ? 'windows (Chromium)' : 'other'
}

const idleMemory = ({ app }: Client, runsOn: string): Figure[] => {
  const root = app.process().pid ?? 0
  const sums = new Map<string, number>()
  for (const { pid, command } of processTree(root)) {
    const kind = kindOf(command, pid === root)
    sums.set(kind, (sums.get(kind) ?? 0) + shareOf(pid))
  }
  const total = [...sums.values()].reduce((sum, value) => sum + value, 0)
  return [
    figure(`start: idle memory of all processes, ${runsOn}`, total, 'MiB'),
    ...[...sums].map(([kind, value]) => figure(`start: idle memory, ${kind}, ${runsOn}`, value, 'MiB')),
  ]
}

export const startPart = async (): Promise<Figure[]> => {
  await buildClient()
  const { kind } = await chooseElectron()
  const runsOn = kind === 'electron' ? 'Electron' : 'Electron stand-in'
  const folder = path.join(workplace, 'stage')
  await rm(folder, { recursive: true, force: true })
  const stage = await setStage({ folder, keysFolder: path.join(workplace, 'tokens'), bridgePorts: [0] })
  const starts: Measured[] = []
  // The first start makes the browser's profile and the store: what is told is the daily one.
  await (await launch(stage)).close()
  for (let round = 1; round < STARTS; round++) {
    const client = await launch(stage)
    starts.push(client)
    await client.close()
  }
  const client = await launch(stage)
  starts.push(client)
  await pause(SETTLE_MS)
  const atStart = await longestBlock(client)
  await pause(IDLE_MS)
  const memory = idleMemory(client, runsOn)
  const idle = await longestBlock(client)
  await client.close()
  await stage.stop()
  return [
    figure(`start: until the main window answers, p50, ${runsOn}`, median(starts.map(({ usable }) => usable)), 'ms'),
    figure(`start: until the key stands in it, p50, ${runsOn}`, median(starts.map(({ withKey }) => withKey)), 'ms'),
    ...memory,
    ...loopFigures(atStart, 'windows opening', runsOn),
    ...loopFigures(idle, 'idle', runsOn),
  ]
}
