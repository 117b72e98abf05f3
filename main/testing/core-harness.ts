import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createTokenHost } from '#native/token-host.ts'
import { createChildProcessSpawner } from '#native/spawn-child-process.ts'
import type { DriverConfig } from '#native/driver-config.ts'
import { createCore, type Core, type CorePorts } from '../core.ts'
import { createDocumentStore } from '../documents/document-store.ts'
import { createPdfService } from '../documents/pdf-worker-client.ts'
import type { ConsentPort, ConsentQuestion, Ending } from '../operations/ports.ts'
import { createStore } from '../store/store.ts'
import { createAuthorities } from '../trust/authorities.ts'

/** Stands in for the person: a test reads the question and answers it. Never part of the program. */
export interface TestPerson {
  readonly port: ConsentPort
  readonly questions: ConsentQuestion[]
  /** How each question's window ended. */
  readonly ended: Map<string, Ending>
  readonly changes: { count: number }
}

export const createTestPerson = (answer?: (question: ConsentQuestion) => void): TestPerson => {
  const questions: ConsentQuestion[] = []
  const ended = new Map<string, Ending>()
  const changes = { count: 0 }
  return {
    questions,
    ended,
    changes,
    port: {
      ask: (question) => {
        questions.push(question)
        answer?.(question)
        return {
          changed: () => {
            changes.count += 1
          },
          end: (how) => ended.set(question.operationId, how),
        }
      },
    },
  }
}

export const silentLog = { info: () => undefined, warn: () => undefined, error: () => undefined }

export interface CoreHarness {
  readonly core: Core
  readonly ports: CorePorts
  readonly directory: string
  readonly close: () => Promise<void>
}

export interface CoreHarnessOptions {
  readonly drivers: readonly DriverConfig[]
  readonly consent: ConsentPort
  readonly authorities?: readonly Uint8Array[]
  readonly now?: () => Date
}

/** The client without windows, on real parts: SQLite, helper processes, the document worker. */
export const createCoreHarness = (options: CoreHarnessOptions): CoreHarness => {
  const { drivers, consent, now = () => new Date() } = options
  const directory = mkdtempSync(path.join(tmpdir(), 'yzt-core-'))
  const workerFile = path.join(import.meta.dirname, '../workers/checkpoint-worker.ts')
  const store = createStore({ directory, now, checkpoint: { workerFile, failed: () => undefined } })
  const authorities = createAuthorities(options.authorities ?? [])
  const tokens = createTokenHost({ spawnHelper: createChildProcessSpawner(), drivers, log: silentLog })
  const pdf = createPdfService({
    workerFile: path.join(import.meta.dirname, '../workers/pdf-worker.ts'),
    authorities: [...authorities.anchors, ...authorities.intermediates].map(({ der }) => der),
    log: silentLog,
  })
  const documents = createDocumentStore({
    directory: path.join(directory, 'documents'),
    register: store.documents,
    now,
  })
  const ports: CorePorts = {
    store,
    tokens,
    consent,
    documents,
    pdf,
    authorities,
    changed: () => undefined,
    log: silentLog,
    now,
  }
  return {
    core: createCore(ports),
    ports,
    directory,
    close: async () => {
      await Promise.all([tokens.close(), pdf.close()])
      await store.close()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}
