import { createCheckpointer } from './checkpointer.ts'
import { createDocumentsStore, type DocumentsStore } from './documents.store.ts'
import { createDriversStore, type DriversStore } from './drivers.store.ts'
import { createGrantsStore, type GrantsStore } from './grants.store.ts'
import { createGroupSync } from './group-sync.ts'
import { createJournalStore, type JournalStore } from './journal.store.ts'
import { openDatabase } from './open-database.ts'
import { createPlatformsStore, type PlatformsStore } from './platforms.store.ts'
import { createSealsStore, type SealsStore } from './seals.store.ts'
import { createSettingsStore, type SettingsStore } from './settings.store.ts'

/** What this computer remembers: one SQLite file in the user's data folder. */
export interface Store {
  readonly settings: SettingsStore
  readonly grants: GrantsStore
  readonly platforms: PlatformsStore
  readonly seals: SealsStore
  readonly drivers: DriversStore
  readonly documents: DocumentsStore
  readonly journal: JournalStore
  readonly instanceId: string
  /** Where a damaged earlier file was moved to, or null. */
  readonly movedAside: string | null
  /** Resolves when everything written so far survives a power cut. */
  readonly flush: () => Promise<void>
  readonly close: () => Promise<void>
}

export interface StoreOptions {
  readonly directory: string
  readonly now?: () => Date
  /** Moves SQLite's log into the database off this thread (checkpointer.ts); without it SQLite does so inside a write. */
  readonly checkpoint?: { readonly workerFile: string; readonly failed: (error: unknown) => void }
}

/** Throws `store.newer`, `store.read_only` or `store.disk_full`. */
export const createStore = ({ directory, now = () => new Date(), checkpoint }: StoreOptions): Store => {
  const { db, file, movedAside } = openDatabase({ directory, now })
  const settings = createSettingsStore(db)
  const instanceId = settings.instanceId()
  const sync = createGroupSync(`${file}-wal`, Number(db.pragma('page_size', { simple: true })))
  const checkpointer = checkpoint === undefined ? null : createCheckpointer({ databaseFile: file, ...checkpoint })
  if (checkpointer !== null) db.pragma('wal_autocheckpoint = 0')

  return {
    settings,
    instanceId,
    movedAside,
    grants: createGrantsStore(db, instanceId, now),
    platforms: createPlatformsStore(db),
    seals: createSealsStore(db, now),
    drivers: createDriversStore(db, now),
    documents: createDocumentsStore(db),
    journal: createJournalStore(db, now),
    flush: sync.flush,
    close: async () => {
      await Promise.all([sync.close(), checkpointer?.stop()])
      db.close()
    },
  }
}
