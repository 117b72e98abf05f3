import { createHash, randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import type { BridgeEvent, MessageVerifyRequest } from '#contract/bridge.ts'
import type { CertificateSummary } from '#contract/certificates.ts'
import { AppError, type ErrorCode } from '#contract/errors.ts'
import type { Operation, OperationResult, Scope } from '#contract/operations.ts'
import { toProblem } from '../problems.ts'
import type { BridgeGrant, BridgePorts, OperationRequest } from '../ports.ts'

const randomId = (prefix: string) => `${prefix}_${randomBytes(16).toString('base64url')}`

const sampleCertificate: CertificateSummary = {
  id: 'ab'.repeat(32),
  subject: { commonName: '张三', organization: '示例公司', full: 'CN=张三,O=示例公司' },
  issuer: { commonName: 'Test CA', organization: 'Test', full: 'CN=Test CA,O=Test' },
  serial: '01ff',
  notBefore: '2026-01-01T00:00:00.000Z',
  notAfter: '2027-01-01T00:00:00.000Z',
  keyType: 'rsa',
  keyBits: 2048,
  algorithms: ['rsa-pkcs1-sha256'],
  keyUsage: ['digitalSignature'],
  creditCode: null,
  identity: 'personal',
  kind: 'media',
  state: 'normal',
  isPluggedIn: true,
  tokenId: 't1',
  tokenLabel: 'demo',
}

interface Entry {
  operation: Operation
  readonly origin: string
  readonly request: OperationRequest
  readonly listeners: Set<(operation: Operation) => void>
}

/** The client behind the bridge, in memory: operations wait until a test ends them, or end at once with `autoApprove`. */
export const createFakePorts = () => {
  const grants = new Map<string, BridgeGrant>()
  const operations = new Map<string, Entry>()
  const documents = new Map<string, { grantId: string; name: string; bytes: Buffer }>()
  const eventListeners = new Set<(event: BridgeEvent) => void>()
  const logged: { details: object; message: string }[] = []
  const verified: MessageVerifyRequest[] = []
  const cancelled: { id: string; reason: string }[] = []
  const state = {
    isPaused: false,
    autoApprove: false,
    /** Approves before the caller of `start` has seen its operation. */
    endsBeforeAnswer: false,
    portCalls: 0,
    bytesReceived: 0,
    /** Thrown by the certificate list. */
    unexpected: null as Error | null,
  }

  const find = (id: string, origin: string): Entry => {
    const entry = operations.get(id)
    if (entry?.origin !== origin) throw new AppError('operation.not_found')
    return entry
  }
  const change = (entry: Entry, patch: Partial<Operation>) => {
    entry.operation = { ...entry.operation, ...patch }
    for (const listener of [...entry.listeners]) listener(entry.operation)
  }
  const addGrant = (origin: string, scopes: readonly Scope[]): string => {
    const token = randomBytes(24).toString('base64url')
    grants.set(token, { id: randomId('grant'), origin, scopes, systemCode: 'TEST-01' })
    return token
  }
  const resultOf = (entry: Entry): OperationResult => {
    const { request } = entry
    const certificate = sampleCertificate
    switch (request.kind) {
      case 'grant':
        return {
          kind: 'grant',
          token: addGrant(entry.origin, request.request.scopes),
          scopes: request.request.scopes,
          expiresAt: '2027-01-01T00:00:00.000Z',
        }
      case 'login':
        return { kind: 'login', loginToken: `token.${request.request.challenge}`, certificate }
      case 'message_sign':
        return {
          kind: 'message_sign',
          signatures: request.request.messages.map(({ content }) => `c2ln${content}`),
          algorithm: 'rsa-pkcs1-sha256',
          certificate,
          certificateDer: 'MIIB',
        }
      case 'document_sign': {
        const source = documents.get(request.documentId)
        if (source === undefined) throw new AppError('document.not_found')
        const id = randomId('doc')
        const bytes = Buffer.concat([source.bytes, Buffer.from('\nsigned')])
        documents.set(id, { ...source, bytes })
        const sha256 = createHash('sha256').update(bytes).digest('hex')
        const signed = { id, sourceId: request.documentId, size: bytes.length, sha256 }
        return { kind: 'document_sign', documents: [signed], certificate }
      }
    }
  }
  const approve = (id: string) => {
    const entry = operations.get(id)
    if (entry === undefined) throw new AppError('operation.not_found')
    change(entry, { state: 'working', progress: { done: 0, total: 1 } })
    change(entry, { state: 'done', progress: { done: 1, total: 1 }, result: resultOf(entry) })
  }
  const fail = (id: string, code: ErrorCode) => {
    const entry = operations.get(id)
    if (entry === undefined) throw new AppError('operation.not_found')
    change(entry, { state: 'failed', error: toProblem({ code, details: {} }, 'trace') })
  }
  const own = (grant: BridgeGrant, id: string) => {
    const found = documents.get(id)
    if (found?.grantId !== grant.id) throw new AppError('document.not_found')
    return found
  }

  const ports: BridgePorts = {
    instance: { id: 'instance-1' },
    isPaused: () => state.isPaused,
    grants: {
      check: (token, origin) => {
        state.portCalls += 1
        const grant = grants.get(token)
        if (grant?.origin !== origin) throw new AppError('grant.missing')
        return grant
      },
      drop: (grantId) => {
        for (const [token, { id }] of grants) if (id === grantId) grants.delete(token)
      },
    },
    operations: {
      start: (origin, _grant, request) => {
        state.portCalls += 1
        const isBusy = [...operations.values()].some(
          (entry) => entry.origin === origin && entry.operation.state === 'waiting',
        )
        if (isBusy) return Promise.reject(new AppError('operation.pending'))
        const operation: Operation = {
          id: randomId('op'),
          kind: request.kind,
          state: 'waiting',
          progress: null,
          createdAt: '2026-11-23T00:00:00.000Z',
          expiresAt: '2026-11-23T00:05:00.000Z',
          result: null,
          error: null,
        }
        const entry: Entry = { operation, origin, request, listeners: new Set() }
        operations.set(operation.id, entry)
        if (state.endsBeforeAnswer) queueMicrotask(() => approve(operation.id))
        else if (state.autoApprove) setImmediate(() => approve(operation.id))
        return Promise.resolve(operation)
      },
      get: (id, origin) => find(id, origin).operation,
      cancel: (id, origin, reason) => {
        const entry = find(id, origin)
        if (entry.operation.state !== 'waiting') return
        cancelled.push({ id, reason })
        fail(id, 'operation.cancelled_by_caller')
      },
      watch: (id, origin, listener) => {
        const { listeners, operation } = find(id, origin)
        if (operation.state === 'done' || operation.state === 'failed') listener(operation)
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
    },
    certificates: {
      list: () => {
        if (state.unexpected !== null) throw state.unexpected
        return [sampleCertificate]
      },
      get: (_grant, id) => {
        if (id !== sampleCertificate.id) throw new AppError('certificate.not_found')
        return { ...sampleCertificate, der: 'MIIB' }
      },
    },
    documents: {
      create: async (grant, name, body) => {
        const hash = createHash('sha256')
        const chunks: Buffer[] = []
        for await (const chunk of body as AsyncIterable<Buffer>) {
          state.bytesReceived += chunk.length
          hash.update(chunk)
          chunks.push(chunk)
        }
        const id = randomId('doc')
        const bytes = Buffer.concat(chunks)
        documents.set(id, { grantId: grant.id, name, bytes })
        return { id, name, size: bytes.length, sha256: hash.digest('hex'), expiresAt: '2026-11-24T00:00:00.000Z' }
      },
      open: (grant, id) => {
        const { bytes, name } = own(grant, id)
        return { stream: Readable.from([bytes]), size: bytes.length, name }
      },
      remove: (grant, id) => {
        own(grant, id)
        documents.delete(id)
      },
    },
    verify: {
      message: (request) => {
        verified.push(request)
        return Promise.resolve({ verdict: 'unknown', signatures: [] })
      },
      document: (grant, id) => {
        own(grant, id)
        return Promise.resolve({ verdict: 'unsigned', signatures: [] })
      },
    },
    watchEvents: (listener) => {
      eventListeners.add(listener)
      return () => eventListeners.delete(listener)
    },
    log: {
      info: (details, message) => logged.push({ details, message }),
      warn: (details, message) => logged.push({ details, message }),
      error: (details, message) => logged.push({ details, message }),
    },
  }

  return {
    ports,
    state,
    logged,
    cancelled,
    verified,
    operations,
    documents,
    eventListeners,
    addGrant,
    approve,
    fail,
    work: (id: string) => {
      const entry = operations.get(id)
      if (entry !== undefined) change(entry, { state: 'working' })
    },
    emit: (event: BridgeEvent) => {
      for (const listener of [...eventListeners]) listener(event)
    },
    /** The one operation that waits for the person. */
    waiting: (): string | undefined =>
      [...operations.values()].find(({ operation }) => operation.state === 'waiting')?.operation.id,
  }
}
