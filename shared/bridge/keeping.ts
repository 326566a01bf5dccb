/** Keeping what was archived: backup and restore drill, import of old contracts, the master key, papers. */
import { z } from 'zod'
import { CaseId, EpochMs, FolderId, IsoDate } from '../model/brand.ts'
import { ContractKind, ContractMethod } from '../model/case.ts'
import { FileTicket, Nothing, Task, UploadId, WhyText } from './common.ts'
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

export const DrillReport = z.object({
  generation: z.string(),
  cases: z.number().int(),
  files: z.number().int(),
  bytes: z.number().int(),
  logEntries: z.number().int(),
  /** Verdicts of the files' signatures, by code of the verdict. */
  verdicts: z.record(z.string(), z.number().int()),
  problems: z.array(z.object({ code: z.string(), detail: z.string() })),
  ms: z.number(),
})
export type DrillReport = z.output<typeof DrillReport>

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
  /** 復旧の練習: restore into scratch, check everything, print the result. */
  drill: procedure({
    permission: 'settings.write',
    input: z.object({ generation: GenerationName.optional(), secret: DrillSecret }),
    output: Task,
    errors: ['BACKUP_NOT_SET', 'BACKUP_NOT_FOUND', 'RECOVERY_CODE_WRONG', 'KEEPING_BUSY'],
  }),
  taskResult: procedure({
    permission: 'settings.write',
    input: Task,
    output: z.object({
      done: z.boolean(),
      /** Why it ended early; null while it runs and when it succeeded. */
      code: z.string().nullable(),
      run: BackupRun.nullable(),
      drill: DrillReport.nullable(),
      /** Printed record of the drill. */
      ticket: z.string().nullable(),
    }),
    errors: ['NOT_FOUND'],
  }),
}

/** What a column of the CSV may mean. `file` names the PDF of the line. */
export const ImportField = z.enum([
  'file',
  'title',
  'counterparty',
  'corporateNumber',
  'contractDate',
  'amount',
  'contractNumber',
  'department',
  'method',
  'kind',
  'periodFrom',
  'periodTo',
  'completedOn',
  'retentionYears',
  'remarks',
])
export type ImportField = z.output<typeof ImportField>

/** Field → heading of the CSV. Fields that are left out stay empty. */
export const ImportMapping = z.partialRecord(ImportField, z.string().max(200))
export type ImportMapping = z.output<typeof ImportMapping>

export const ImportOptions = z.object({
  name: z.string().trim().min(1).max(100),
  /** Used where the line says nothing. */
  department: z.string().trim().max(100).default(''),
  method: ContractMethod.default('other'),
  kind: ContractKind.default('other'),
  folderId: FolderId.nullable().default(null),
  /** Adds an archive timestamp to every file that enters. */
  timestamp: z.boolean().default(false),
})
export type ImportOptions = z.output<typeof ImportOptions>

export const IMPORT_MAX_FILES = 20_000

const ImportRequest = z.object({
  csvUploadId: UploadId,
  fileUploadIds: z.array(UploadId).max(IMPORT_MAX_FILES),
  mapping: ImportMapping,
  options: ImportOptions,
})

/** make / made: enters or entered; duplicate: the bytes are in the archive already; refused: `problem` says why. */
export const ImportLine = z.object({
  line: z.number().int(),
  outcome: z.enum(['make', 'made', 'duplicate', 'refused']),
  problem: z.string().nullable(),
  title: z.string(),
  file: z.string(),
})
export type ImportLine = z.output<typeof ImportLine>

const ImportCounts = z.object({
  lines: z.number().int(),
  made: z.number().int(),
  duplicate: z.number().int(),
  refused: z.number().int(),
})

/** 取り込み: scanned and old contracts, another service's export. */
export const imports = {
  /** Reads the CSV's headings, and proposes what they mean: remembered, or recognised. */
  readTable: procedure({
    permission: 'archive.manage',
    input: z.object({ csvUploadId: UploadId }),
    output: z.object({
      encoding: z.enum(['UTF-8', 'Shift_JIS']),
      columns: z.array(z.string()),
      sample: z.array(z.array(z.string())),
      lines: z.number().int(),
      mapping: ImportMapping,
      mappingFrom: z.enum(['remembered', 'recognised']),
      service: z.enum(['gmo-sign', 'cloudsign']).nullable(),
    }),
    errors: ['UPLOAD_UNKNOWN', 'CSV_UNREADABLE', 'CSV_EMPTY'],
  }),
  /** 試しに調べる: a report per line; nothing is changed. */
  dryRun: procedure({
    permission: 'archive.manage',
    input: ImportRequest,
    output: Task,
    errors: ['UPLOAD_UNKNOWN', 'CSV_UNREADABLE', 'CSV_EMPTY', 'IMPORT_COLUMN_MISSING'],
  }),
  run: procedure({
    permission: 'archive.manage',
    input: ImportRequest,
    output: Task,
    errors: ['UPLOAD_UNKNOWN', 'CSV_UNREADABLE', 'CSV_EMPTY', 'IMPORT_COLUMN_MISSING', 'KEEPING_BUSY'],
  }),
  /** Goes on with an import that a crash cut off; lines that have their outcome are not done twice. */
  resume: procedure({
    permission: 'archive.manage',
    input: z.object({ importId: z.string() }),
    output: Task,
    errors: ['NOT_FOUND', 'KEEPING_BUSY'],
  }),
  list: procedure({
    permission: 'archive.manage',
    input: Nothing,
    output: z.object({
      rows: z.array(
        ImportCounts.extend({
          id: z.string(),
          name: z.string(),
          /** interrupted: cut off, may be resumed. */
          state: z.enum(['running', 'interrupted', 'done', 'cancelled']),
          createdAt: EpochMs,
          createdBy: z.string(),
          finishedAt: EpochMs.nullable(),
        }),
      ),
    }),
  }),
  taskResult: procedure({
    permission: 'archive.manage',
    input: Task,
    output: ImportCounts.extend({
      done: z.boolean(),
      code: z.string().nullable(),
      /** Lines that need a look, the first 200. */
      problems: z.array(ImportLine),
      /** Report of every line as CSV. */
      ticket: z.string().nullable(),
    }),
    errors: ['NOT_FOUND'],
  }),
  /** L16: timestamps for received files that have none. */
  stampReceived: procedure({ permission: 'archive.manage', input: Nothing, output: Task }),
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
    output: z.object({ generation: z.number().int() }),
    errors: ['KEEPING_BUSY', 'DISK_FULL'],
  }),
}

const HistorySpan = z.object({
  text: z.string().max(200).default(''),
  from: IsoDate.nullable().default(null),
  to: IsoDate.nullable().default(null),
  deletionsOnly: z.boolean().default(false),
})

/** 印刷: papers for 支出命令, audit and inspection. */
export const papers = {
  /** 写し: a cover that names the original's digests and verdicts, and the documents themselves. */
  printCase: procedure({
    permission: 'case.read',
    input: z.object({ caseId: CaseId }),
    output: z.object({
      cover: z.string(),
      documents: z.array(z.object({ title: z.string(), ticket: z.string() })),
    }),
    errors: ['NOT_FOUND', 'FILE_DAMAGED'],
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
    output: FileTicket,
    errors: ['NOTHING_FOUND'],
  }),
}
