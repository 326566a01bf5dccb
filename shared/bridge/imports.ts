/** 取り込み: scanned and old contracts, another service's export. Files are gathered first, then looked into, then taken in. */
import { z } from 'zod'
import { CaseId, EpochMs, FolderId } from '../model/brand.ts'
import { ContractKind, ContractMethod } from '../model/case.ts'
import { FileTicket, Nothing, Task, UploadId } from './common.ts'
import { procedure } from './define.ts'

/** What a column of the table may mean. `file` names the PDF of the line. */
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

/** Field → heading of the table. Fields that are left out stay empty. */
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

/** Of PDFs, and of lines of a table. */
export const IMPORT_MAX_FILES = 20_000
/** A ZIP is sent in parts of this size, so that no limit of one upload holds for it. */
export const IMPORT_PART_BYTES = 64 * 1024 * 1024

/** Folders and name of a chosen file, parted by `/`. */
const FilePath = z
  .string()
  .min(1)
  .max(1000)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not get in.
  .regex(/^[^\u0000-\u001f\u007f]+$/)

const NewFile = z.object({
  uploadId: UploadId,
  path: FilePath,
  /** Of a ZIP in parts: which of how many, from 0. */
  part: z.number().int().min(0).default(0),
  parts: z.number().int().min(1).max(10_000).default(1),
})

export const ImportDraft = z.object({
  importId: z.string(),
  pdfs: z.object({ count: z.number().int(), sizeBytes: z.number().int() }),
  /** CSV files that were chosen or lay in a ZIP. */
  tables: z.array(z.object({ path: z.string(), sizeBytes: z.number().int() })),
  /** ZIPs that are not unpacked yet: parts are missing, or unpacking was cut off. */
  zips: z.array(z.object({ path: z.string(), parts: z.number().int(), received: z.number().int() })),
  /** Long work on it that goes on now. */
  taskId: z.string().nullable(),
})
export type ImportDraft = z.output<typeof ImportDraft>

/**
 * make / made: enters or entered; duplicate: the bytes are in the archive already; refused: `problem` says why;
 * unlisted: a PDF that no line of the table names.
 */
export const ImportLine = z.object({
  /** Line of the table, its heading not counted; null: not of the table. */
  line: z.number().int().nullable(),
  outcome: z.enum(['make', 'made', 'duplicate', 'refused', 'unlisted']),
  /** Code, or `CODE:field`. */
  problem: z.string().nullable(),
  /** The same for people, with the cell or the case it speaks of; empty = nothing to say. */
  reason: z.string(),
  title: z.string(),
  file: z.string(),
  /** The case it became, or that holds the file already. */
  caseId: CaseId.nullable(),
})
export type ImportLine = z.output<typeof ImportLine>

const ImportCounts = z.object({
  lines: z.number().int(),
  made: z.number().int(),
  duplicate: z.number().int(),
  refused: z.number().int(),
  unlisted: z.number().int(),
})

/** How long work stands, or how it ended. */
export const ImportResult = ImportCounts.extend({
  done: z.boolean(),
  /** Why it ended early; null while it runs and when it ended well. */
  code: z.string().nullable(),
  /** What the code speaks of: a file in a ZIP. */
  detail: z.string(),
  /** Files that wanted a timestamp and have none yet. */
  unstamped: z.number().int(),
  /** Lines that need a look, the first 200; empty while it runs. */
  problems: z.array(ImportLine),
  /** Entries of a ZIP that are neither PDF nor CSV, the first 200. */
  unused: z.array(z.string()),
  /** True: only looked into, nothing was taken in. */
  dry: z.boolean(),
})
export type ImportResult = z.output<typeof ImportResult>

const TABLE_CODES = [
  'NOT_FOUND',
  'CSV_UNREADABLE',
  'CSV_EMPTY',
  'CSV_ENCODING',
  'CSV_IS_WORKBOOK',
  'CSV_TOO_LARGE',
  'IMPORT_FILES_MISSING',
] as const
const ByImport = z.object({ importId: z.string().max(64) })
const TableChoice = ByImport.extend({ table: FilePath })
const ImportRequest = TableChoice.extend({ mapping: ImportMapping, options: ImportOptions })

export const imports = {
  /** What this person gathers for an import; null = nothing yet. It outlives the page and the program. */
  draft: procedure({
    permission: 'archive.manage',
    input: Nothing,
    output: z.object({ draft: ImportDraft.nullable() }),
  }),
  /** Adds uploads to the draft (made when there is none). Same place: the newer file takes it. */
  addFiles: procedure({
    permission: 'archive.manage',
    input: z.object({ files: z.array(NewFile).min(1).max(200) }),
    output: z.object({
      draft: ImportDraft,
      replaced: z.number().int(),
      /** Neither PDF, CSV nor ZIP: not kept. */
      unused: z.array(z.string()),
    }),
    errors: ['UPLOAD_UNKNOWN', 'IMPORT_TOO_MANY_FILES', 'KEEPING_BUSY'],
  }),
  /** Unpacks the ZIPs of the draft; goes on where it was cut off. A ZIP that cannot be taken leaves nothing behind. */
  unpack: procedure({
    permission: 'archive.manage',
    input: ByImport,
    output: Task,
    errors: ['NOT_FOUND', 'ZIP_INCOMPLETE', 'KEEPING_BUSY'],
  }),
  /** Gives a draft or a stopped import up: its files go, the cases it made stay. */
  discard: procedure({
    permission: 'archive.manage',
    input: ByImport,
    output: Nothing,
    errors: ['NOT_FOUND', 'KEEPING_BUSY'],
  }),
  /** A table with one line per gathered PDF, to be filled in with a spreadsheet. */
  tableForm: procedure({
    permission: 'archive.manage',
    input: ByImport,
    output: FileTicket,
    errors: ['NOT_FOUND'],
  }),
  /** Reads a table's headings, and proposes what they mean: remembered, or recognised. */
  readTable: procedure({
    permission: 'archive.manage',
    input: TableChoice,
    output: z.object({
      encoding: z.enum(['UTF-8', 'Shift_JIS', 'UTF-16']),
      columns: z.array(z.string()),
      sample: z.array(z.array(z.string())),
      lines: z.number().int(),
      mapping: ImportMapping,
      mappingFrom: z.enum(['remembered', 'recognised']),
      service: z.enum(['gmo-sign', 'cloudsign']).nullable(),
    }),
    errors: TABLE_CODES,
  }),
  /** 試しに調べる: a report per line; nothing is changed. `openFiles` also looks into every PDF, as the import itself will. */
  dryRun: procedure({
    permission: 'archive.manage',
    input: ImportRequest.extend({ openFiles: z.boolean().default(false) }),
    output: Task,
    errors: [...TABLE_CODES, 'IMPORT_COLUMN_MISSING', 'KEEPING_BUSY'],
  }),
  run: procedure({
    permission: 'archive.manage',
    input: ImportRequest,
    output: Task,
    errors: [...TABLE_CODES, 'IMPORT_COLUMN_MISSING', 'KEEPING_BUSY'],
  }),
  /** Goes on with an import that was cut off or stopped; lines that have their outcome are not done twice. */
  resume: procedure({
    permission: 'archive.manage',
    input: ByImport,
    output: Task,
    errors: [...TABLE_CODES, 'KEEPING_BUSY'],
  }),
  /** Stops the long work on an import, whoever started it. */
  cancel: procedure({ permission: 'archive.manage', input: ByImport, output: Nothing }),
  list: procedure({
    permission: 'archive.manage',
    input: Nothing,
    output: z.object({
      rows: z.array(
        ImportCounts.extend({
          importId: z.string(),
          name: z.string(),
          /** interrupted: cut off; with cancelled, may be resumed. */
          state: z.enum(['open', 'running', 'interrupted', 'cancelled', 'discarded', 'done']),
          /** What goes on now: `progress` events carry it. */
          taskId: z.string().nullable(),
          createdAt: EpochMs,
          createdBy: z.string(),
          finishedAt: EpochMs.nullable(),
        }),
      ),
    }),
  }),
  /** What came of an import, also after a restart; of a draft: its last dry run. */
  result: procedure({
    permission: 'archive.manage',
    input: ByImport,
    output: ImportResult,
    errors: ['NOT_FOUND'],
  }),
  /** The report of every line as CSV. */
  report: procedure({
    permission: 'archive.manage',
    input: ByImport,
    output: FileTicket,
    errors: ['NOT_FOUND'],
  }),
  taskResult: procedure({
    permission: 'archive.manage',
    input: Task,
    output: ImportResult,
    errors: ['NOT_FOUND'],
  }),
  /** L16: timestamps for received files that have none. */
  stampReceived: procedure({ permission: 'archive.manage', input: Nothing, output: Task }),
}
