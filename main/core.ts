import type { TokenHost } from '#native/token-host.ts'
import type { BridgeGrant, BridgeLog, BridgePorts } from '#bridge/ports.ts'
import type { EventName } from '#contract/ipc.ts'
import { createBridgeEvents } from './bridge/bridge-events.ts'
import { createGrantedCertificates } from './bridge/granted-certificates.ts'
import type { DocumentStore } from './documents/document-store.ts'
import type { PdfService } from './documents/pdf-service.ts'
import { createCertificateDirectory } from './keys/certificate-directory.ts'
import { createMediaKeys } from './keys/media-keys.ts'
import { prepareDocumentSign } from './operations/document-sign.ts'
import { prepareGrant } from './operations/grant.ts'
import { createJournalWriter } from './operations/journal-writer.ts'
import { prepareLogin } from './operations/login.ts'
import { prepareMessageSign } from './operations/message-sign.ts'
import {
  createOperations,
  type CancelCode,
  type Operations,
  type OperationsOptions,
  type OperationsPorts,
} from './operations/operations.ts'
import type { CertificateDirectory, ConsentPort } from './operations/ports.ts'
import type { Store } from './store/store.ts'
import type { Authorities } from './trust/authorities.ts'
import { verifyMessage } from './verify/verify-message.ts'
import { AppError } from '#contract/errors.ts'

/** `changed` events for the windows: no data, the window asks again. */
export type ChangedEvent = Exclude<Extract<EventName, `${string}.changed`>, 'consent.changed'>

export interface CorePorts {
  readonly store: Store
  readonly tokens: Pick<TokenHost, 'keyring' | 'onChange' | 'openSession'>
  readonly consent: ConsentPort
  readonly documents: DocumentStore
  readonly pdf: PdfService
  readonly authorities: Authorities
  readonly changed: (event: ChangedEvent) => void
  readonly log: BridgeLog
  readonly now: () => Date
  readonly options?: OperationsOptions
}

export interface Core {
  readonly operations: Operations
  readonly certificates: CertificateDirectory
  readonly bridgePorts: BridgePorts
  /** By the person: what lives under it is cancelled, its files are gone. */
  readonly revokeGrant: (id: string) => void
  /** After the switch in the settings changed. */
  readonly pausedChanged: (isPaused: boolean) => void
}

const toBridgeGrant = ({ id, origin, scopes, systemCode }: BridgeGrant): BridgeGrant => ({
  id,
  origin,
  scopes,
  systemCode,
})

/**
 * Everything between the bridge and the keys, without a window: who answers a consent comes from outside. The program
 * gives the consent window (compose.ts); the benchmark and the tests bring their own.
 */
export const createCore = (ports: CorePorts): Core => {
  const { store, tokens, documents, pdf, authorities, log, now, changed } = ports
  const certificates = createCertificateDirectory({
    keyring: { current: tokens.keyring, watch: (listener) => tokens.onChange(listener) },
    now,
    log,
  })
  const events = createBridgeEvents(tokens.keyring(), now)
  tokens.onChange((keyring) => {
    events.keyringChanged(keyring)
    changed('keyring.changed')
  })

  const grantPorts = {
    grants: store.grants,
    grantDays: () => store.settings.get().grantDays,
    changed: () => changed('grants.changed'),
  }
  const signPorts = { now, chainOf: authorities.chainOf }
  const documentPorts = { ...signPorts, documents, pdf, seals: store.seals }

  const prepare: OperationsPorts['prepare'] = (origin, grant, asked) => {
    switch (asked.kind) {
      case 'grant':
        return prepareGrant(grantPorts, origin, asked.request)
      case 'login':
        return prepareLogin(signPorts, origin, asked.request)
      case 'message_sign':
        return prepareMessageSign(signPorts, asked.request)
      case 'document_sign': {
        if (grant === null) throw new AppError('grant.missing')
        return prepareDocumentSign(documentPorts, grant.id, asked.documentId, asked.request)
      }
    }
  }

  const operations = createOperations(
    {
      consent: ports.consent,
      keys: createMediaKeys(tokens, certificates),
      certificates,
      platforms: store.platforms,
      seals: store.seals,
      journal: createJournalWriter({
        journal: store.journal,
        flush: store.flush,
        changed: () => changed('journal.changed'),
      }),
      prepare,
      log,
      now,
    },
    ports.options,
  )
  const granted = createGrantedCertificates(certificates)

  const dropGrant = (id: string, code: CancelCode) => {
    operations.cancelGrant(id, code)
    documents.forgetAll(id)
    if (store.grants.remove(id)) changed('grants.changed')
  }

  return {
    operations,
    certificates,
    revokeGrant: (id) => dropGrant(id, 'operation.cancelled_by_user'),
    pausedChanged: events.paused,
    bridgePorts: {
      instance: { id: store.instanceId },
      isPaused: () => !store.settings.get().isBridgeEnabled,
      grants: {
        check: (token, origin) => toBridgeGrant(store.grants.check(token, origin)),
        drop: (id) => dropGrant(id, 'operation.cancelled_by_caller'),
      },
      operations: operations.bridge,
      certificates: { list: (_grant, query) => granted.list(query), get: (_grant, id) => granted.get(id) },
      documents: {
        create: (grant, name, body) => documents.create(grant.id, name, body),
        open: (grant, id) => documents.open(grant.id, id),
        remove: (grant, id) => documents.remove(grant.id, id),
      },
      verify: {
        message: (request) => Promise.resolve().then(() => verifyMessage(request, authorities)),
        document: async (grant, id) => {
          const file = documents.find(grant.id, id)
          const release = documents.hold(id)
          try {
            return await pdf.verify(file.path)
          } finally {
            release()
          }
        },
      },
      watchEvents: events.watch,
      log,
    },
  }
}
