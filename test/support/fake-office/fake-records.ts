import { createHash } from 'node:crypto'
import type {
  CaseId,
  DocumentId,
  EpochMs,
  FieldId,
  IsoDate,
  Sha256Hex,
  SignerId,
  UserId,
  VersionId,
} from '../../../shared/model/brand.ts'
import { CaseFields, type CaseState, type CaseSummary } from '../../../shared/model/case.ts'
import type { CaseDocument, DocumentRole, SignatureField } from '../../../shared/model/document.ts'
import { type CaseSigner, SignerFields } from '../../../shared/model/signer.ts'
import type { Role, User } from '../../../shared/model/user.ts'

/** Records of the fake office, as tests and screenshots need them: real shapes, invented people. */
export type FakeCase = {
  readonly id: CaseId
  fields: CaseFields
  state: CaseState
  waitingFor: CaseSummary['waitingFor']
  rowVersion: number
  readonly createdAt: EpochMs
  updatedAt: EpochMs
  readonly createdBy: UserId
  nextDeadline: EpochMs | null
  hold: boolean
  documents: CaseDocument[]
  signers: CaseSigner[]
  signatureFields: SignatureField[]
  approval: {
    requestedAt: EpochMs
    requestedBy: string
    decidedAt: EpochMs | null
    decidedBy: string
    decisionNumber: string
    comment: string
  } | null
  events: {
    at: EpochMs
    actor: string
    action: string
    data: Record<string, string | number | boolean | null>
  }[]
  changes: {
    at: EpochMs
    who: string
    field: string
    oldValue: string | null
    newValue: string | null
    why: string
  }[]
}

export type FakeUser = { user: User; password: string }

let counter = 0
export function fakeId(prefix: string): string {
  counter += 1
  return `${prefix}${String(counter).padStart(4, '0')}`
}

export const at = (iso: string): EpochMs => Date.parse(iso) as EpochMs
export const day = (iso: string): IsoDate => iso as IsoDate

export function makeUser(
  loginName: string,
  displayName: string,
  department: string,
  roles: Role[],
): FakeUser {
  return {
    password: 'correct horse 町',
    user: {
      id: fakeId('user') as UserId,
      loginName,
      displayName,
      department,
      roles,
      active: true,
      createdAt: at('2026-04-01T09:00:00+09:00'),
      lastLoginAt: null,
    },
  }
}

export function makeCase(
  fields: Partial<CaseFields> & { readonly title: string },
  state: CaseState,
): FakeCase {
  const now = at('2026-11-20T10:00:00+09:00')
  return {
    id: fakeId('case') as CaseId,
    fields: CaseFields.parse({
      method: 'open-bid',
      kind: 'construction',
      amount: 12_650_000,
      contractDate: '2026-12-01',
      department: '土木課',
      counterparties: [
        {
          name: '株式会社髙橋組',
          address: '愛知県丹羽郡扶桑町大字高雄字天道330',
          representative: '髙橋 一郎',
          corporateNumber: '4011001098993',
        },
      ],
      ...fields,
    }),
    state,
    waitingFor: 'documents',
    rowVersion: 1,
    createdAt: now,
    updatedAt: now,
    createdBy: 'user0002' as UserId,
    nextDeadline: null,
    hold: false,
    documents: [],
    signers: [],
    signatureFields: [],
    approval: null,
    events: [{ at: now, actor: '佐藤 花子', action: 'case.created', data: {} }],
    changes: [],
  }
}

export function makeDocument(
  caseId: CaseId,
  order: number,
  spec: {
    readonly title: string
    readonly role: DocumentRole
    readonly bytes: Uint8Array
    readonly pages: number
  },
): CaseDocument {
  const version = {
    id: fakeId('version') as VersionId,
    number: 1,
    reason: 'import' as const,
    sha256: sha256(spec.bytes),
    sizeBytes: spec.bytes.length,
    createdAt: at('2026-11-20T10:05:00+09:00'),
    createdBy: '佐藤 花子',
  }
  return {
    id: fakeId('doc') as DocumentId,
    caseId,
    order,
    title: spec.title,
    fileName: `${spec.title}.pdf`,
    role: spec.role,
    pages: spec.pages,
    current: version,
    versions: [version],
    preflight: {
      pages: spec.pages,
      pdfVersion: '1.7',
      producer: '一太郎',
      problems: [],
      canSend: true,
      canRepair: false,
    },
    hasText: true,
  }
}

export function makeSigner(
  caseId: CaseId,
  fields: Partial<SignerFields> & { readonly name: string },
): CaseSigner {
  const { accessCode, ...rest } = SignerFields.parse({
    side: 'counterparty',
    signatureType: 'witness',
    step: 1,
    mailAddress: '',
    ...fields,
  })
  return {
    id: fakeId('signer') as SignerId,
    caseId,
    fields: { ...rest, hasAccessCode: accessCode !== '' },
    state: 'waiting',
    requestedAt: null,
    viewedAt: null,
    deadline: null,
    signedAt: null,
    consent: null,
    declineReason: null,
    problem: null,
  }
}

export function makeField(documentId: DocumentId, signerId: SignerId, y: number): SignatureField {
  return {
    id: fakeId('field') as FieldId,
    documentId,
    signerId,
    page: 1,
    x: 380,
    y,
    width: 90,
    height: 50,
    appearance: 'seal-image',
  }
}

export function sha256(bytes: Uint8Array): Sha256Hex {
  return createHash('sha256').update(bytes).digest('hex') as Sha256Hex
}

export function summaryOf(record: FakeCase): CaseSummary {
  return {
    id: record.id,
    title: record.fields.title,
    contractNumber: record.fields.contractNumber,
    counterpartyNames: record.fields.counterparties.map((party) => party.name),
    amount: record.fields.amount,
    contractDate: record.fields.contractDate,
    department: record.fields.department,
    method: record.fields.method,
    kind: record.fields.kind,
    state: record.state,
    waitingFor: record.waitingFor,
    nextDeadline: record.nextDeadline,
    updatedAt: record.updatedAt,
    sample: false,
  }
}

/** 保存 of a case: the same in the search and on the case's own page. */
export function keepingOf(record: FakeCase): {
  readonly concludedAt: EpochMs | null
  readonly retentionEndsOn: IsoDate | null
  readonly hold: boolean
} {
  const isConcluded = record.state === 'concluded'
  return {
    concludedAt: isConcluded ? record.updatedAt : null,
    retentionEndsOn: isConcluded ? day('2031-03-31') : null,
    hold: record.hold,
  }
}
