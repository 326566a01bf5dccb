import { z } from 'zod'
import { CaseId, DocumentId, EpochMs, FolderId, IsoDate, UserId, Yen } from '../model/brand.ts'
import { CaseState, CaseSummary, Confidentiality, ContractKind, ContractMethod } from '../model/case.ts'
import { Role } from '../model/user.ts'
import { ChangeRecord } from './cases.ts'
import { FileTicket, Nothing, Page, Task, WhyText } from './common.ts'
import { procedure } from './define.ts'
import { ArchiveOutcome, DrillReport, FileFinding, FileVerdict } from './outcomes.ts'

/** A folder, or '' = outside every folder. */
export const FolderChoice = z.union([FolderId, z.literal('')])

/** Every filter given must hold (AND). `text` is typed by a person: words, 和暦, amounts are read from it too. */
export const SearchQuery = z.object({
  text: z.string().max(500).default(''),
  /** Words of 件名 alone. */
  title: z.string().max(300).default(''),
  /** Part of 契約番号. */
  contractNumber: z.string().max(60).default(''),
  counterparty: z.string().max(200).default(''),
  dateFrom: IsoDate.nullable().default(null),
  dateTo: IsoDate.nullable().default(null),
  amountFrom: Yen.nullable().default(null),
  amountTo: Yen.nullable().default(null),
  amountBlank: z.boolean().default(false),
  methods: z.array(ContractMethod).default([]),
  kinds: z.array(ContractKind).default([]),
  departments: z.array(z.string()).default([]),
  folderIds: z.array(FolderChoice).default([]),
  fiscalYears: z.array(z.number().int()).default([]),
  states: z.array(CaseState).default([]),
  retentionEndsBefore: IsoDate.nullable().default(null),
  confidentialities: z.array(Confidentiality).default([]),
  /** Only cases under 法的保留 (廃棄停止). */
  holdOnly: z.boolean().default(false),
  order: z.enum(['newest', 'oldest', 'relevance', 'amount']).default('newest'),
})
export type SearchQuery = z.output<typeof SearchQuery>

export const SearchHit = CaseSummary.extend({
  folderId: FolderId.nullable(),
  fiscalYear: z.number().int(),
  retentionEndsOn: IsoDate.nullable(),
  /** 法的保留: not to be disposed of. */
  hold: z.boolean(),
  confidentiality: Confidentiality,
  /** The document to show first; null: there is none. */
  documentId: DocumentId.nullable(),
  /** A file of the contract has no text: 本文検索不可. */
  textless: z.boolean(),
})

/** A place where words stand, with a little text around it. */
export const Snippet = z.object({
  /** Null: it is a field of the case (備考, 所在地). */
  documentId: DocumentId.nullable(),
  page: z.number().int().nullable(),
  /** Name of the document or of the field. */
  source: z.string(),
  text: z.string(),
  /** The found words: [start, end) in UTF-16 units of `text`. */
  marks: z.array(z.tuple([z.number().int(), z.number().int()])),
})
export type Snippet = z.output<typeof Snippet>

/** A piece of the typed line and how it was read (`shared/text/query.ts`); [start, end) in UTF-16 units of the line. */
const piece = { text: z.string(), start: z.number().int(), end: z.number().int() }
export const UnderstoodPiece = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('date'), from: IsoDate.nullable(), to: IsoDate.nullable(), ...piece }),
  z.object({ kind: z.literal('amount'), from: Yen.nullable(), to: Yen.nullable(), ...piece }),
  z.object({ kind: z.literal('amount-blank'), ...piece }),
  z.object({ kind: z.enum(['word', 'title', 'number', 'counterparty']), word: z.string(), ...piece }),
])
export type UnderstoodPiece = z.output<typeof UnderstoodPiece>

const SoughtWords = z.array(z.string().max(500)).min(1).max(60)

/** A file that would outlive its evidence, and what stands in the way of its renewal. */
export const LapsingEvidence = z.object({
  caseId: CaseId,
  documentId: DocumentId,
  caseTitle: z.string(),
  title: z.string(),
  /** null: it never had a timestamp. */
  until: EpochMs.nullable(),
  /** null: 永年, or not completed yet. */
  retentionEndsOn: IsoDate.nullable(),
  reason: z.enum([
    'RENEWAL_OFF', // the way to the TSA is switched off
    'RENEWAL_LATE', // the renewal should have been made and was not
    'NO_TIMESTAMP', // taken in without one
  ]),
})
export type LapsingEvidence = z.output<typeof LapsingEvidence>

const DisposalCases = z.array(CaseId).min(1).max(1000)

const FacetCounts = z.array(z.object({ value: z.string(), label: z.string(), count: z.number().int() }))

export const archive = {
  search: procedure({
    permission: 'archive.search',
    input: SearchQuery.extend(Page.shape),
    output: z.object({
      rows: z.array(SearchHit),
      /** All hits; `totalIsEstimate` says 「約」: too many texts would have to be read to count exactly where long words stand. */
      total: z.number().int(),
      totalIsEstimate: z.boolean(),
      /** Cases that cannot be found yet: the index is being made anew. */
      waiting: z.number().int(),
      /** A group's counts leave its own ticks out of account, so that a second value can be added (OR within a group). */
      facets: z.record(z.string(), FacetCounts),
      understood: z.array(UnderstoodPiece),
      /** Words sought anywhere, also in the documents. */
      words: z.array(z.string()),
      ms: z.number(),
    }),
    errors: ['QUERY_NOT_UNDERSTOOD'],
  }),
  /** Where the words stand in these cases' documents; asked for the rows that are shown, a few at a time. */
  snippets: procedure({
    permission: 'archive.search',
    input: z.object({ caseIds: z.array(CaseId).min(1).max(10), words: SoughtWords }),
    output: z.object({ rows: z.array(z.object({ caseId: CaseId, snippet: Snippet.nullable() })) }),
  }),
  /** Pages of one document on which one of the words stands, ascending. */
  hitPages: procedure({
    permission: 'archive.search',
    input: z.object({ documentId: DocumentId, words: SoughtWords }),
    output: z.object({ pages: z.array(z.number().int()) }),
    errors: ['NOT_FOUND'],
  }),
  savedSearches: procedure({
    permission: 'archive.search',
    input: Nothing,
    output: z.object({ rows: z.array(z.object({ id: z.string(), name: z.string(), query: SearchQuery })) }),
  }),
  saveSearch: procedure({
    permission: 'archive.search',
    input: z.object({ name: z.string().trim().min(1).max(100), query: SearchQuery }),
    output: z.object({ id: z.string() }),
  }),
  /** Names and order of one's own saved searches. They are nobody else's: what is looked for is nobody's business. */
  arrangeSavedSearches: procedure({
    permission: 'archive.search',
    input: z.object({
      rows: z.array(z.object({ id: z.string(), name: z.string().trim().min(1).max(100) })).max(1000),
    }),
    output: Nothing,
  }),
  removeSavedSearch: procedure({
    permission: 'archive.search',
    input: z.object({ id: z.string() }),
    output: Nothing,
  }),
  /** 訂正削除履歴, itself searchable. */
  changes: procedure({
    permission: 'archive.search',
    input: z
      .object({
        text: z.string().max(200).default(''),
        from: IsoDate.nullable().default(null),
        to: IsoDate.nullable().default(null),
        /** Only what was deleted: cases, and documents taken out of a case. */
        deletionsOnly: z.boolean().default(false),
      })
      .extend(Page.shape),
    output: z.object({
      rows: z.array(ChangeRecord),
      total: z.number().int(),
      /** True: there are more than `total`; counting ended there. */
      totalIsCapped: z.boolean(),
    }),
  }),
  /** ダウンロードの求め: ZIP of PDFs, certificates, CSV index, manifest, log extract. */
  export: procedure({
    permission: 'archive.export',
    input: z.object({ query: SearchQuery }),
    output: Task,
    errors: ['NOTHING_FOUND', 'INDEX_UNREADY'],
  }),
  /** Bulk verification of all signatures and timestamps of a span (L15). */
  verifySpan: procedure({
    permission: 'archive.search',
    input: z.object({ dateFrom: IsoDate.nullable(), dateTo: IsoDate.nullable() }),
    output: Task,
    errors: ['NOTHING_FOUND', 'INDEX_UNREADY'],
  }),
  /** One's own exports, bulk verifications, prints, disposals and drills of the last day, newest first. */
  outcomes: procedure({
    permission: 'signed-in',
    input: Nothing,
    output: z.object({ rows: z.array(ArchiveOutcome) }),
  }),
  /** What came of one of them: a page of rows, doubtful ones first; `ticket` once the file is ready, a new one each time. */
  taskResult: procedure({
    permission: 'signed-in',
    input: Task.extend(Page.shape),
    output: z.object({
      done: z.boolean(),
      /** Somebody ended it: there is no file. */
      cancelled: z.boolean(),
      code: z.string().nullable(),
      ticket: z.string().nullable(),
      fileName: z.string(),
      /** Files by what was found, all of them. */
      counts: z.partialRecord(FileVerdict, z.number().int()),
      rows: z.array(FileFinding),
      /** Rows that can be paged through: the first ten thousand of each kind. */
      total: z.number().int(),
      /** What a restore drill found; null: it was none, or it did not come to its end. */
      drill: DrillReport.nullable(),
    }),
    errors: ['NOT_FOUND'],
  }),
  folders: procedure({
    permission: 'archive.search',
    input: Nothing,
    output: z.object({
      rows: z.array(
        z.object({
          id: FolderId,
          name: z.string(),
          parentId: FolderId.nullable(),
          roles: z.array(Role),
          departments: z.array(z.string()),
        }),
      ),
    }),
  }),
  /** Who could look into a folder with these rights, and by which of them; before it is saved. */
  whoSees: procedure({
    permission: 'archive.manage',
    input: z.object({ roles: z.array(Role), departments: z.array(z.string()) }),
    output: z.object({
      rows: z.array(
        z.object({
          displayName: z.string(),
          department: z.string(),
          /** `all`: by a role that sees every case. */
          by: z.enum(['all', 'role', 'department']),
        }),
      ),
    }),
  }),
  saveFolder: procedure({
    permission: 'archive.manage',
    input: z.object({
      id: FolderId.optional(),
      name: z.string().trim().min(1).max(100),
      parentId: FolderId.nullable(),
      roles: z.array(Role),
      departments: z.array(z.string()),
    }),
    output: z.object({ id: FolderId }),
    errors: ['NOT_FOUND'],
  }),
  moveToFolder: procedure({
    permission: 'archive.manage',
    input: z.object({ caseIds: z.array(CaseId).min(1).max(1000), folderId: FolderId.nullable() }),
    output: Nothing,
    errors: ['NOT_FOUND'],
  }),
  setHold: procedure({
    permission: 'archive.manage',
    input: z.object({ caseId: CaseId, hold: z.boolean(), why: WhyText }),
    output: Nothing,
    errors: ['NOT_FOUND'],
  }),
  /** 廃棄候補: retention ended, no hold. `total` is counted up to ten thousand. */
  disposalList: procedure({
    permission: 'archive.manage',
    input: Page.extend({
      /** proposed: waits for a second person; unproposed: nobody asked for it yet. */
      only: z.enum(['all', 'proposed', 'unproposed']).default('all'),
    }),
    output: z.object({
      rows: z.array(
        CaseSummary.extend({
          retentionEndsOn: IsoDate,
          proposedBy: UserId.nullable(),
          proposedByName: z.string(),
          proposedAt: EpochMs.nullable(),
          why: z.string(),
        }),
      ),
      total: z.number().int(),
    }),
  }),
  proposeDisposal: procedure({
    permission: 'archive.manage',
    input: z.object({ caseIds: DisposalCases, why: WhyText }),
    output: Nothing,
    errors: ['NOT_FOUND', 'RETENTION_NOT_ENDED', 'ON_HOLD'],
  }),
  /** 取り下げ: by the one who proposed or by anybody else who keeps the archive. */
  withdrawDisposal: procedure({
    permission: 'archive.manage',
    input: z.object({ caseIds: DisposalCases, why: WhyText }),
    output: Nothing,
    errors: ['NOT_FOUND', 'NOT_PROPOSED'],
  }),
  /** By another person; everything is checked once more, then again for each case as its turn comes. */
  confirmDisposal: procedure({
    permission: 'archive.manage',
    input: z.object({ caseIds: DisposalCases }),
    output: Task,
    errors: ['NOT_FOUND', 'RETENTION_NOT_ENDED', 'ON_HOLD', 'SAME_PERSON', 'NOT_PROPOSED'],
  }),
  /** 廃棄の記録, newest first. */
  disposals: procedure({
    permission: 'audit.read',
    input: Page,
    output: z.object({
      rows: z.array(
        z.object({
          id: z.string(),
          fiscalYear: z.number().int(),
          number: z.number().int(),
          confirmedAt: EpochMs,
          confirmedByName: z.string(),
          cases: z.number().int(),
        }),
      ),
      total: z.number().int(),
    }),
  }),
  /** 廃棄証明書, made again from the record: always the same. */
  disposalCertificate: procedure({
    permission: 'audit.read',
    input: z.object({ id: z.string() }),
    output: FileTicket.extend({ fileName: z.string() }),
    errors: ['NOT_FOUND', 'DISPOSAL_UNFINISHED'],
  }),
  /** L24: how many files' evidence would lapse before their retention ends (must be 0), and the first of them. */
  evidence: procedure({
    permission: 'archive.search',
    input: Nothing,
    output: z.object({
      files: z.number().int(),
      /** Counted up to a thousand of each kind. */
      lapsing: z.number().int(),
      nextRenewalAt: EpochMs.nullable(),
      rows: z.array(LapsingEvidence),
    }),
  }),
  /** Archive timestamps for everything that is due, now instead of with the next daily round. */
  renew: procedure({ permission: 'archive.manage', input: Nothing, output: Task }),
  renewalResult: procedure({
    permission: 'archive.manage',
    input: Task,
    output: z.object({
      done: z.boolean(),
      code: z.string().nullable(),
      /** Files that were due at the start. */
      due: z.number().int(),
      /** Of all of them; later: newer revocation data is not published yet. */
      counts: z.object({ renewed: z.number().int(), later: z.number().int(), failed: z.number().int() }),
      /** Those of cases this person may see; `code` says why one is not renewed. Filled at the end. */
      rows: z.array(
        z.object({
          caseId: CaseId,
          documentId: DocumentId,
          title: z.string(),
          outcome: z.enum(['renewed', 'later', 'failed']),
          code: z.string().nullable(),
        }),
      ),
    }),
    errors: ['NOT_FOUND'],
  }),
}
