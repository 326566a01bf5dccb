/** Keeping what was archived: backup and restore drill, the master key, papers. */
import { z } from 'zod'
import { CaseId, EpochMs, IsoDate } from '../model/brand.ts'
import { SearchQuery } from './archive.ts'
import { FileTicket, Nothing, Task, WhyText } from './common.ts'
import { procedure } from './define.ts'

/** Where and when the daily backup goes. `folder` is typed by the administrator (often of a NAS); '' = no backup. */
export const BackupSettings = z.object({
  folder: z.string().trim().max(1000),
  /** Japanese time of day, HH:MM. */
  dailyAt: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/),
  /** Newest generations kept. */
  keepDaily: z.number().int().min(1).max(3660),
  /** Of the older ones, the newest of each month for so many months. */
  keepMonthly: z.number().int().min(0).max(600),
})
export type BackupSettings = z.output<typeof BackupSettings>

/** Name of a generation's folder: its time, in characters every file system takes. */
export const GenerationName = z.string().regex(/^[0-9TZ-]{1,40}$/)

/** One run. `code` null = made and verified; else why not. */
export const BackupRun = z.object({
  startedAt: EpochMs,
  finishedAt: EpochMs.nullable(),
  target: z.string(),
  code: z.string().nullable(),
  generation: z.string(),
  files: z.number().int(),
  copiedFiles: z.number().int(),
  copiedBytes: z.number().int(),
})
export type BackupRun = z.output<typeof BackupRun>

/** Why somebody must look after the backup; null = all is well. */
export const BackupWarning = z.enum(['BACKUP_NOT_SET', 'BACKUP_NEVER', 'BACKUP_FAILED', 'BACKUP_NOT_RUN'])
export type BackupWarning = z.output<typeof BackupWarning>

/** How a person opens the copy in a drill: as after a disaster, with a password or the recovery sheet. */
export const DrillSecret = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('password'), password: z.string().min(1).max(200) }),
  z.object({ kind: z.literal('recovery'), code: z.string().min(1).max(200) }),
])

export const backup = {
  read: procedure({
    permission: 'settings.read',
    input: Nothing,
    output: z.object({
      settings: BackupSettings,
      running: z.boolean(),
      warning: BackupWarning.nullable(),
      lastSuccessAt: EpochMs.nullable(),
      nextAt: EpochMs.nullable(),
      runs: z.array(BackupRun),
      /** Complete generations in the folder, newest first; empty when the folder cannot be reached. */
      generations: z.array(z.object({ name: z.string(), createdAt: EpochMs })),
      reachable: z.boolean(),
    }),
  }),
  write: procedure({
    permission: 'settings.write',
    input: BackupSettings,
    output: Nothing,
    errors: ['BACKUP_FOLDER_UNUSABLE', 'BACKUP_FOLDER_INSIDE_ARCHIVE'],
  }),
  /** 今すぐバックアップ */
  run: procedure({
    permission: 'settings.write',
    input: Nothing,
    output: Task,
    errors: ['BACKUP_NOT_SET', 'KEEPING_BUSY'],
  }),
  /** 復旧の練習: restore into scratch, check everything, print the result. Outcome by `archive.taskResult`. */
  drill: procedure({
    permission: 'settings.write',
    input: z.object({ generation: GenerationName.optional(), secret: DrillSecret }),
    output: Task,
    errors: ['BACKUP_NOT_SET', 'BACKUP_NOT_FOUND', 'RECOVERY_CODE_WRONG', 'KEEPING_BUSY'],
  }),
  /** What came of `run`. */
  taskResult: procedure({
    permission: 'settings.write',
    input: Task,
    output: z.object({
      done: z.boolean(),
      /** Why it ended early; null while it runs and when it succeeded. */
      code: z.string().nullable(),
      run: BackupRun.nullable(),
    }),
    errors: ['NOT_FOUND'],
  }),
}

/** 鍵: who can open the archive, and a new master key. */
export const keys = {
  read: procedure({
    permission: 'users.manage',
    input: Nothing,
    output: z.object({
      /** How often the master key was made anew, from 1. */
      generation: z.number().int(),
      slots: z.array(z.object({ kind: z.enum(['password', 'recovery', 'keychain']), createdAt: EpochMs })),
    }),
  }),
  /** A new master key: contents are not written again, passwords stay as they are, the old key opens nothing any more. */
  rotate: procedure({
    permission: 'users.manage',
    input: z.object({ why: WhyText }),
    output: Task,
    errors: ['KEEPING_BUSY'],
  }),
  /** How a rotation stands. Cancelled or failed, the old key holds on. */
  rotation: procedure({
    permission: 'users.manage',
    input: Task,
    output: z.object({
      state: z.enum(['running', 'done', 'cancelled', 'failed']),
      /** Why it failed; null otherwise. */
      code: z.string().nullable(),
    }),
    errors: ['NOT_FOUND'],
  }),
}

const HistorySpan = z.object({
  text: z.string().max(200).default(''),
  from: IsoDate.nullable().default(null),
  to: IsoDate.nullable().default(null),
  deletionsOnly: z.boolean().default(false),
})

/** 印刷: papers for 支出命令, audit and inspection. Outcome by `archive.taskResult`. */
export const papers = {
  /** 写し of chosen contracts in this order: one PDF, cover with what was verified, then the pages of every document. */
  printCases: procedure({
    permission: 'case.read',
    input: z.object({ caseIds: z.array(CaseId).min(1).max(1000) }),
    output: Task,
    errors: ['NOT_FOUND'],
  }),
  /** 写し of everything a search finds, in its order (L18): one PDF with a list of contents, or a ZIP of one PDF a contract. */
  printFound: procedure({
    permission: 'archive.export',
    input: z.object({ query: SearchQuery }),
    output: Task,
    errors: ['NOTHING_FOUND', 'INDEX_UNREADY'],
  }),
  /** 訂正削除履歴 as PDF, of one case or of a span. */
  printHistory: procedure({
    permission: 'archive.search',
    input: HistorySpan,
    output: FileTicket,
    errors: ['NOTHING_FOUND'],
  }),
  /** The same as CSV, all of it. */
  exportHistory: procedure({
    permission: 'archive.search',
    input: HistorySpan,
    output: Task,
    errors: ['NOTHING_FOUND'],
  }),
}
