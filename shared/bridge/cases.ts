import { z } from 'zod'
import { CaseId, DocumentId, EpochMs, FieldId, IsoDate, SignerId, VersionId } from '../model/brand.ts'
import { CaseDetail, CaseEvent, CaseFields, CaseState, CaseSummary } from '../model/case.ts'
import { CaseDocument, DocumentRole, PreflightReport, SignatureField } from '../model/document.ts'
import { MailState } from '../model/mail.ts'
import { CaseSigner, SignerFields } from '../model/signer.ts'
import { FileTicket, Nothing, Notice, Page, UploadId, WhyText } from './common.ts'
import { procedure } from './define.ts'

/** What the reader of a filled 申出書 found; `problems` are shown beside their fields. */
export const ApplicationReading = z.object({
  values: z.record(z.string(), z.string()),
  problems: z.array(z.object({ field: z.string(), code: z.string(), severity: z.enum(['stop', 'warn']) })),
  /** Ready to become a case: what could be taken over. */
  proposal: z.object({ fields: CaseFields.partial(), signer: SignerFields.partial() }),
})

export const CaseFilter = z.object({
  states: z.array(CaseState).default([]),
  text: z.string().max(200).default(''),
  mine: z.boolean().default(false),
})

/** One contract of a chain: the 原契約 or one of its 変更契約. */
export const ChainMember = CaseSummary.pick({
  id: true,
  title: true,
  contractNumber: true,
  amount: true,
  contractDate: true,
  state: true,
}).extend({ isOriginal: z.boolean() })
export type ChainMember = z.output<typeof ChainMember>

/** A 到達確認メール and what became of it. */
export const ArrivalCheck = z.object({
  signerId: SignerId,
  at: EpochMs,
  state: MailState,
  lastReply: z.string().nullable(),
})
export type ArrivalCheck = z.output<typeof ArrivalCheck>

/** One row of 訂正削除履歴. */
export const ChangeRecord = z.object({
  at: EpochMs,
  who: z.string(),
  /** What was changed: `case`, `document`, `signer`, `folder`, `user`, `setting`; and which one, by name. */
  entity: z.string(),
  subject: z.string(),
  caseId: CaseId.nullable(),
  caseTitle: z.string(),
  field: z.string(),
  oldValue: z.string().nullable(),
  newValue: z.string().nullable(),
  why: z.string(),
})

/** 原契約: not there (or not for this person), not concluded, or itself an amendment of this case. */
const PARENT_ERRORS = ['PARENT_NOT_FOUND', 'PARENT_NOT_CONCLUDED', 'PARENT_CIRCULAR'] as const

export const cases = {
  /** ホーム: what needs this person today. */
  overview: procedure({
    permission: 'signed-in',
    input: Nothing,
    output: z.object({
      counts: z.record(z.string(), z.number().int()),
      /** With the code of what keeps a signer's turn waiting, where something does. */
      todo: z.array(CaseSummary.extend({ problem: z.string().nullable() })),
      deadlines: z.array(CaseSummary),
      notices: z.array(Notice),
    }),
  }),
  list: procedure({
    permission: 'case.read',
    input: CaseFilter.extend(Page.shape),
    output: z.object({
      rows: z.array(CaseSummary),
      total: z.number().int(),
      counts: z.record(z.string(), z.number().int()),
    }),
  }),
  read: procedure({
    permission: 'case.read',
    input: z.object({ caseId: CaseId }),
    output: z.object({
      detail: CaseDetail,
      documents: z.array(CaseDocument),
      signers: z.array(CaseSigner),
      /** 到達確認メール to addresses the signers have now, the newest for each. */
      arrivalChecks: z.array(ArrivalCheck),
      fields: z.array(SignatureField),
      approval: z
        .object({
          requestedAt: EpochMs,
          requestedBy: z.string(),
          decidedAt: EpochMs.nullable(),
          decidedBy: z.string(),
          decisionNumber: z.string(),
          comment: z.string(),
        })
        .nullable(),
      download: z.object({ until: EpochMs, issuedAt: EpochMs }).nullable(),
      evidence: z
        .object({ level: z.string(), until: EpochMs.nullable(), waitsUntil: EpochMs.nullable() })
        .nullable(),
      /** 保存: `retentionEndsOn` null = not yet counted, or 永年. */
      keeping: z.object({
        concludedAt: EpochMs.nullable(),
        retentionEndsOn: IsoDate.nullable(),
        /** 法的保留: not to be disposed of. */
        hold: z.boolean(),
      }),
      /** 原契約 and its 変更契約, this case among them, in the order of their dates; empty when it stands alone. */
      chain: z.array(ChainMember),
      /** Day of the 申出書 that holds for this 変更契約 because it held for the contract before; null = none is inherited. */
      inheritedApplicationDate: IsoDate.nullable(),
    }),
    errors: ['NOT_FOUND'],
  }),
  /** A 変更契約 without signers of its own takes over the signers of its 原契約, access codes included: one form holds for both. */
  create: procedure({
    permission: 'case.write',
    input: z.object({
      fields: CaseFields,
      signers: z.array(SignerFields).max(20).default([]),
      /** A filled 申出書 to keep with the case. */
      applicationUploadId: UploadId.optional(),
    }),
    output: z.object({ caseId: CaseId }),
    errors: ['UPLOAD_UNKNOWN', ...PARENT_ERRORS],
  }),
  update: procedure({
    permission: 'case.write',
    input: z.object({
      caseId: CaseId,
      rowVersion: z.number().int(),
      fields: CaseFields,
      why: z.string().max(1000).default(''),
    }),
    output: z.object({ rowVersion: z.number().int() }),
    errors: ['NOT_FOUND', 'CHANGED_MEANWHILE', 'STATE_FORBIDS', 'WHY_MISSING', ...PARENT_ERRORS],
  }),
  remove: procedure({
    permission: 'case.write',
    input: z.object({ caseId: CaseId, why: WhyText }),
    output: Nothing,
    errors: ['NOT_FOUND', 'STATE_FORBIDS'],
  }),
  /** Ends a running envelope before conclusion; links die, signers are told. */
  withdraw: procedure({
    permission: 'case.send',
    input: z.object({ caseId: CaseId, why: WhyText }),
    output: Nothing,
    errors: ['NOT_FOUND', 'STATE_FORBIDS'],
  }),
  switchToPaper: procedure({
    permission: 'case.send',
    input: z.object({ caseId: CaseId, why: WhyText }),
    output: Nothing,
    errors: ['NOT_FOUND', 'STATE_FORBIDS'],
  }),
  /** In approval, approved, declined, lapsed or withdrawn: back to draft with the documents as imported; every signer starts anew. */
  reopen: procedure({
    permission: 'case.write',
    input: z.object({ caseId: CaseId, why: WhyText }),
    output: Nothing,
    errors: ['NOT_FOUND', 'STATE_FORBIDS'],
  }),
  events: procedure({
    permission: 'case.read',
    input: z.object({ caseId: CaseId }),
    output: z.object({ events: z.array(CaseEvent) }),
    errors: ['NOT_FOUND'],
  }),
  history: procedure({
    permission: 'case.read',
    input: z.object({ caseId: CaseId }),
    output: z.object({ changes: z.array(ChangeRecord) }),
    errors: ['NOT_FOUND'],
  }),
  /** 様式第1 as a fillable PDF. */
  issueApplicationForm: procedure({
    permission: 'case.write',
    input: z.object({ title: z.string().max(300).default('') }),
    output: FileTicket,
  }),
  readApplicationForm: procedure({
    permission: 'case.write',
    input: z.object({ uploadId: UploadId }),
    output: ApplicationReading,
    errors: [
      'UPLOAD_UNKNOWN',
      'NOT_A_PDF',
      'PDF_ENCRYPTED',
      'PDF_DAMAGED',
      'NOT_AN_APPLICATION_FORM',
      'FORM_OTHER_TOWN', // data: town
      'FORM_EMPTY',
      'FORM_FLATTENED',
    ],
  }),
}

export const documents = {
  preflight: procedure({
    permission: 'case.write',
    input: z.object({ uploadId: UploadId }),
    output: PreflightReport,
    errors: ['UPLOAD_UNKNOWN'],
  }),
  /** Takes an uploaded PDF into a case. `repair`: rewrite a damaged or owner-locked file first. */
  import: procedure({
    permission: 'case.write',
    input: z.object({
      caseId: CaseId,
      uploadId: UploadId,
      title: z.string().trim().min(1).max(200),
      role: DocumentRole,
      repair: z.boolean().default(false),
    }),
    output: z.object({ document: CaseDocument }),
    /** PREFLIGHT_STOPPED data: codes. */
    errors: [
      'NOT_FOUND',
      'UPLOAD_UNKNOWN',
      'STATE_FORBIDS',
      'PREFLIGHT_STOPPED',
      'REPAIR_FAILED',
      'DISK_FULL',
    ],
  }),
  change: procedure({
    permission: 'case.write',
    input: z.object({
      documentId: DocumentId,
      title: z.string().trim().min(1).max(200),
      role: DocumentRole,
      order: z.number().int().min(0),
    }),
    output: Nothing,
    errors: ['NOT_FOUND', 'STATE_FORBIDS'],
  }),
  remove: procedure({
    permission: 'case.write',
    input: z.object({ documentId: DocumentId, why: z.string().max(1000).default('') }),
    output: Nothing,
    errors: ['NOT_FOUND', 'STATE_FORBIDS'],
  }),
  /** A ticket to view, save or print one version; each is logged. */
  open: procedure({
    permission: 'case.read',
    input: z.object({
      documentId: DocumentId,
      versionId: VersionId.optional(),
      purpose: z.enum(['view', 'download', 'print']),
    }),
    output: FileTicket.extend({ fileName: z.string(), sizeBytes: z.number().int() }),
    errors: ['NOT_FOUND', 'FILE_DAMAGED'],
  }),
  saveFields: procedure({
    permission: 'case.write',
    input: z.object({
      caseId: CaseId,
      fields: z.array(SignatureField.omit({ id: true }).extend({ id: FieldId.optional() })).max(200),
    }),
    output: z.object({ fields: z.array(SignatureField) }),
    /** FIELD_DUPLICATE: a signer has one field per document. */
    errors: ['NOT_FOUND', 'STATE_FORBIDS', 'PAGE_NOT_FOUND', 'FIELD_OUTSIDE_PAGE', 'FIELD_DUPLICATE'],
  }),
  /** Places proposed at the word 印 or at a signer's name. */
  proposeFields: procedure({
    permission: 'case.write',
    input: z.object({ caseId: CaseId, documentId: DocumentId }),
    output: z.object({ fields: z.array(SignatureField.omit({ id: true })) }),
    errors: ['NOT_FOUND'],
  }),
  saveSigners: procedure({
    permission: 'case.write',
    /** A signer without id is new; accessCode undefined = keep. */
    input: z.object({
      caseId: CaseId,
      signers: z
        .array(
          SignerFields.extend({
            id: SignerId.optional(),
            accessCode: SignerFields.shape.accessCode.optional(),
          }),
        )
        .max(20),
    }),
    output: z.object({ signers: z.array(CaseSigner), notices: z.array(Notice) }),
    errors: ['NOT_FOUND', 'STATE_FORBIDS', 'MAIL_ADDRESS_MISSING'],
  }),
}
