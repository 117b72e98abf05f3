import { AppError } from '#contract/errors.ts'

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''

const READ_ONLY = /^(SQLITE_READONLY|SQLITE_PERM|SQLITE_CANTOPEN|EACCES|EPERM|EROFS|ENOTDIR)/
/** A full disk shows first where SQLite lets its log and index grow. */
const FULL = /^(SQLITE_FULL|SQLITE_IOERR_(SHMSIZE|WRITE)|ENOSPC|EDQUOT)/
const DAMAGED = /^(SQLITE_CORRUPT|SQLITE_NOTADB)/

export const isDamaged = (error: unknown): boolean => DAMAGED.test(codeOf(error))

/** A row names another that is gone. */
export const isForeignKey = (error: unknown): boolean => codeOf(error) === 'SQLITE_CONSTRAINT_FOREIGNKEY'

/** Result codes of SQLite (sqlite.org/rescode.html) and errno, as codes of the closed list. */
export const toStoreError = (error: unknown): AppError => {
  if (error instanceof AppError) return error
  const code = codeOf(error)
  if (FULL.test(code)) return new AppError('store.disk_full', {}, { cause: error })
  if (READ_ONLY.test(code)) return new AppError('store.read_only', {}, { cause: error })
  if (DAMAGED.test(code)) return new AppError('store.corrupt', {}, { cause: error })
  return new AppError('program.unexpected', {}, { cause: error })
}

/** Runs one statement, transaction or step on files; what SQLite or the system throws comes out as a code. */
export const guarded = <Value>(work: () => Value): Value => {
  try {
    return work()
  } catch (error) {
    throw toStoreError(error)
  }
}
