import { createWriteStream } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { AppError } from '#contract/errors.ts'
import type { GrantView } from '#contract/client.ts'
import type { PdfService } from '../../documents/pdf-service.ts'
import { addSeal, maxSealBytes } from '../../seals/add-seal.ts'
import { toJournalLine, type JournalStore } from '../../store/journal.store.ts'
import type { Store } from '../../store/store.ts'
import { toStoreError } from '../../store/store-errors.ts'
import type { Desktop } from '../desktop.ts'
import type { Handlers } from '../dispatch.ts'

type RecordCalls =
  | 'grants.list'
  | 'grants.revoke'
  | 'platforms.list'
  | 'journal.list'
  | 'journal.verify'
  | 'journal.export'
  | 'seals.list'
  | 'seals.add'
  | 'seals.remove'
  | 'seals.picture'

export interface RecordHandlerPorts {
  readonly store: Pick<Store, 'grants' | 'platforms' | 'journal' | 'seals'>
  readonly pdf: Pick<PdfService, 'measureSeal'>
  readonly desktop: Desktop
  readonly changed: (event: 'seals.changed') => void
  readonly revokeGrant: (id: string) => void
  readonly now: () => Date
}

const exportJournal = async (journal: JournalStore, file: string): Promise<void> => {
  const lines = function* () {
    for (const piece of journal.readAll()) yield piece.map(toJournalLine).join('')
  }
  try {
    await pipeline(Readable.from(lines()), createWriteStream(file))
  } catch (error) {
    throw toStoreError(error)
  }
}

const readPicture = async (file: string): Promise<Uint8Array> => {
  try {
    const { size } = await stat(file)
    if (size > maxSealBytes) throw new AppError('seal.too_large', { limit: maxSealBytes })
    return new Uint8Array(await readFile(file))
  } catch (error) {
    if (error instanceof AppError) throw error
    throw new AppError('seal.not_image', { reason: 'unreadable' }, { cause: error })
  }
}

/** What the local store holds: grants, platforms, journal, seals. */
export const createRecordHandlers = ({
  store,
  pdf,
  desktop,
  changed,
  revokeGrant,
  now,
}: RecordHandlerPorts): Pick<Handlers, RecordCalls> => ({
  'grants.list': (): GrantView[] =>
    store.grants.list().map((grant) => {
      const platform = store.platforms.registered(grant.systemCode, grant.origin)
      return {
        ...grant,
        scopes: [...grant.scopes],
        platformName: platform?.name ?? '',
        isRegistered: platform !== null,
      }
    }),
  'grants.revoke': ({ id }) => revokeGrant(id),
  'platforms.list': () => store.platforms.list(),

  'journal.list': ({ before, limit }) => store.journal.list(before, limit),
  'journal.verify': () => store.journal.verify(),
  'journal.export': async () => {
    const path = await desktop.chooseTarget(`journal-${now().toISOString().slice(0, 10)}.jsonl`)
    if (path !== null) await exportJournal(store.journal, path)
    return { path }
  },

  'seals.list': () => store.seals.list(),
  'seals.add': async ({ name, widthMm }) => {
    const file = await desktop.chooseFile({ name: 'PNG, JPEG', extensions: ['png', 'jpg', 'jpeg'] })
    if (file === null) return null
    const seal = await addSeal(pdf, store.seals, { name, widthMm, bytes: await readPicture(file) })
    changed('seals.changed')
    return seal
  },
  'seals.remove': ({ id }) => {
    if (store.seals.remove(id)) changed('seals.changed')
  },
  'seals.picture': ({ id }) => {
    const picture = store.seals.picture(id)
    if (picture === null) throw new AppError('seal.not_found')
    return picture
  },
})
