/** Failures of the archive that a caller is expected to handle. Messages are English and carry no personal data. */
export type ArchiveErrorCode =
  /** No `keyslots.json` where one was expected. */
  | 'ARCHIVE_NOT_FOUND'
  /** `create` was asked for in a folder that already holds an archive. */
  | 'ARCHIVE_EXISTS'
  /** Another living process has this archive open; data: pid, host, sinceEpochMs when known. */
  | 'ARCHIVE_IN_USE'
  /** The database was written by a newer program; data: found, known. */
  | 'SCHEMA_TOO_NEW'
  /** Database pages fail their check; data: problems. */
  | 'DATABASE_DAMAGED'
  /** No slot opens with what was given (wrong password, unknown user, wrong recovery code). */
  | 'WRONG_SECRET'
  /** Too many wrong attempts at one slot; data: retryAtEpochMs. */
  | 'TOO_MANY_ATTEMPTS'
  /** A recovery code fails its check characters; data: groups (1-based numbers of the mistyped groups). */
  | 'RECOVERY_CODE_MISTYPED'
  /** The slot file was changed by somebody without the master key, or is not readable. */
  | 'KEYSLOTS_DAMAGED'
  | 'SLOT_NOT_FOUND'
  /** The last slot that a person can open cannot be removed. */
  | 'LAST_SLOT'
  /** A file of the vault fails its authentication; data: fileId, chunk. */
  | 'FILE_DAMAGED'
  | 'FILE_NOT_FOUND'
  /** No room left on the disk (ENOSPC, EDQUOT); nothing was changed. */
  | 'DISK_FULL'
  /**
   * The disk refuses to read or write (EIO, a file system gone read-only). After a failed write of the database nothing
   * more is written until the archive is opened again: only that shows what is on the disk.
   */
  | 'DISK_FAILED'
  /** The slots cannot be changed while the master key is made anew. */
  | 'ROTATION_RUNNING'
  /** The row was changed by somebody else since it was read; data: expected, actual. */
  | 'ROW_CHANGED'
  | 'ROW_NOT_FOUND'
  /** Other rows depend on it; it cannot be removed any more. */
  | 'ROW_IN_USE'
  /** A rule of keeping forbids it (retention not over, hold, one person alone); data: reason. */
  | 'DISPOSAL_REFUSED'
  /** A backup lacks a file, or a file differs from its manifest; data: path. */
  | 'BACKUP_DAMAGED'

export class ArchiveError extends Error {
  readonly code: ArchiveErrorCode
  readonly data: Readonly<Record<string, unknown>>

  constructor(
    code: ArchiveErrorCode,
    message: string,
    options: { readonly data?: Readonly<Record<string, unknown>>; readonly cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'ArchiveError'
    this.code = code
    this.data = options.data ?? {}
  }
}

const FULL: readonly unknown[] = ['ENOSPC', 'EDQUOT', 'SQLITE_FULL']
const FAILED: readonly unknown[] = ['EIO', 'EROFS', 'SQLITE_READONLY', 'SQLITE_READONLY_DBMOVED']

/** Names a failure of the disk: full or failing; everything else passes unchanged. */
export function diskError(error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (FULL.includes(code)) return new ArchiveError('DISK_FULL', 'No room left on the disk', { cause: error })
  if (FAILED.includes(code) || String(code).startsWith('SQLITE_IOERR'))
    return new ArchiveError('DISK_FAILED', 'The disk refuses to read or write', {
      data: { reason: String(code) },
      cause: error,
    })
  return error
}

/** Whether it is a disk without room that failed. */
export function isFull(error: unknown): boolean {
  const named = diskError(error)
  return named instanceof ArchiveError && named.code === 'DISK_FULL'
}
