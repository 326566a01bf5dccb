import { z } from 'zod'
import { CaseId, EpochMs, FolderId, IsoDate, UserId, Yen } from './brand.ts'

/**
 * Where a case (案件) stands.
 * draft 作成中 → approval 決裁待ち → approved 決裁済 → signing 署名手続き中 → concluded 締結済;
 * beside them declined 辞退, lapsed 期限切れ, withdrawn 取下げ, paper 書面に切替, deleted 削除 (kept in history).
 */
export const CaseState = z.enum([
  'draft',
  'approval',
  'approved',
  'signing',
  'concluded',
  'declined',
  'lapsed',
  'withdrawn',
  'paper',
  'deleted',
])
export type CaseState = z.output<typeof CaseState>

/** 契約方法 */
export const ContractMethod = z.enum([
  'open-bid',
  'designated-bid',
  'negotiated',
  'proposal',
  'auction',
  'other',
])
export type ContractMethod = z.output<typeof ContractMethod>

/** 契約種別 */
export const ContractKind = z.enum([
  'construction', // 工事請負
  'service', // 業務委託
  'design', // 設計・測量等
  'purchase', // 物品購入
  'manufacture', // 製造
  'lease', // 賃貸借
  'property', // 財産の売買
  'agreement', // 協定・覚書
  'other',
])
export type ContractKind = z.output<typeof ContractKind>

/**
 * 機密区分, after the 機密性 classes of the Ministry's security guideline for municipalities:
 * open 機密性1 (may be published), office 機密性2 (inside the office), restricted 機密性3 (its 所管課 and named roles alone).
 */
export const Confidentiality = z.enum(['open', 'office', 'restricted'])
export type Confidentiality = z.output<typeof Confidentiality>

/** 税区分: included 税込, excluded 税抜, exempt 不課税・非課税 */
export const TaxMode = z.enum(['included', 'excluded', 'exempt'])
export type TaxMode = z.output<typeof TaxMode>

/** 相手方 as written in the contract. */
export const Counterparty = z.object({
  name: z.string().trim().min(1).max(200),
  address: z.string().trim().max(300).default(''),
  representative: z.string().trim().max(100).default(''),
  /** 法人番号, 13 digits, or empty. */
  corporateNumber: z
    .string()
    .regex(/^(\d{13})?$/)
    .default(''),
})
export type Counterparty = z.output<typeof Counterparty>

/** What the clerk may write of a case. */
export const CaseFields = z.object({
  /** 件名/業務名 */
  title: z.string().trim().min(1).max(300),
  /** 契約番号 */
  contractNumber: z.string().trim().max(60).default(''),
  method: ContractMethod,
  kind: ContractKind,
  /** 契約金額 in yen; null = 単価契約 etc. */
  amount: Yen.nullable(),
  taxMode: TaxMode.default('included'),
  /** Consumption tax shown separately, in yen. */
  taxAmount: Yen.nullable().default(null),
  /** 契約日 (取引年月日) */
  contractDate: IsoDate.nullable(),
  periodFrom: IsoDate.nullable().default(null),
  periodTo: IsoDate.nullable().default(null),
  /** 所管課 */
  department: z.string().trim().max(100),
  counterparties: z.array(Counterparty).max(20),
  parentCaseId: CaseId.nullable().default(null),
  /** 変更契約: true when the clerk marked 書面に指定 (the parent's 申出書 does not apply). */
  amendmentOnPaper: z.boolean().default(false),
  folderId: FolderId.nullable().default(null),
  /** 議会議決: date of the vote, when one is needed. */
  councilVoteDate: IsoDate.nullable().default(null),
  /** 予定価格 in yen, for the council threshold. */
  plannedPrice: Yen.nullable().default(null),
  /** The form/承諾 by which the counterparty agreed to an electronic contract, its date. */
  applicationDate: IsoDate.nullable().default(null),
  /** Retention class in years; 0 = 永年, null = the kind's default. */
  retentionYears: z.number().int().min(0).max(100).nullable().default(null),
  /** 完結日 */
  completedOn: IsoDate.nullable().default(null),
  /** Two authentication factors demanded from every signer (L7). */
  twoFactorRequired: z.boolean().default(false),
  confidentiality: Confidentiality.default('office'),
  remarks: z.string().max(4000).default(''),
})
export type CaseFields = z.output<typeof CaseFields>

export const CaseSummary = z.object({
  id: CaseId,
  title: z.string(),
  contractNumber: z.string(),
  counterpartyNames: z.array(z.string()),
  amount: Yen.nullable(),
  contractDate: IsoDate.nullable(),
  department: z.string(),
  method: ContractMethod,
  kind: ContractKind,
  state: CaseState,
  /** One code for what the case waits for now; the screen has a sentence for each. */
  waitingFor: z.enum([
    'documents',
    'fields',
    'signers',
    'approval',
    'sending',
    'mail-delivery',
    'counterparty',
    'town-signature',
    'sealing', // consent stored, seal queued (for example: TSA down)
    'conclusion',
    'evidence', // concluded; waits for revocation data newer than the signatures before the archive timestamp
    'clerk', // declined, lapsed: the clerk decides
    'nothing',
  ]),
  nextDeadline: EpochMs.nullable(),
  updatedAt: EpochMs,
  sample: z.boolean(),
})
export type CaseSummary = z.output<typeof CaseSummary>

export const CaseDetail = CaseSummary.extend({
  fields: CaseFields,
  rowVersion: z.number().int(),
  createdAt: EpochMs,
  createdBy: UserId,
  fiscalYear: z.number().int(),
  /** Rules that speak about this case now (議会議決, 少額随契, 承諾, 印紙税 …): code + data for the sentence. */
  notices: z.array(
    z.object({
      code: z.string(),
      severity: z.enum(['stop', 'warn', 'info']),
      data: z.record(z.string(), z.union([z.string(), z.number()])),
    }),
  ),
})
export type CaseDetail = z.output<typeof CaseDetail>

export const CaseEvent = z.object({
  at: EpochMs,
  actor: z.string(),
  /** Code of the log entry, e.g. `case.sent`; the screen has a sentence for each. */
  action: z.string(),
  data: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
})
export type CaseEvent = z.output<typeof CaseEvent>
