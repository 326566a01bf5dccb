/**
 * The rules of a case's way from 作成中 to 締結済, as pure functions over facts. Use cases and jobs ask here;
 * nothing else decides who is next or whether a change is allowed.
 */
import type { CaseState, CaseSummary } from '../../../shared/model/case.ts'
import type { CaseDocument, SignatureField } from '../../../shared/model/document.ts'
import type { CaseSigner } from '../../../shared/model/signer.ts'

export type CaseFacts = {
  readonly state: CaseState
  readonly documents: readonly Pick<CaseDocument, 'id' | 'role'>[]
  readonly signers: readonly CaseSigner[]
  readonly fields: readonly SignatureField[]
  /** Level that the signed documents have reached. */
  readonly evidence: 'none' | 'B-T' | 'B-LTA'
}

export type Missing =
  | 'documents'
  | 'signers'
  | 'counterparty-signer'
  | 'town-signer'
  | 'fields'
  | 'mail-address'
  | 'contract-date'

/** What a case lacks before 決裁 can be asked for. A visible mark is wanted unless the signer's field is invisible. */
export function missingBeforeApproval(facts: CaseFacts): readonly Missing[] {
  const missing: Missing[] = []
  const toSign = facts.documents.filter((document) => document.role === 'sign')
  if (toSign.length === 0) missing.push('documents')
  if (facts.signers.length === 0) missing.push('signers')
  else {
    if (!facts.signers.some((signer) => signer.fields.side === 'counterparty'))
      missing.push('counterparty-signer')
    if (!facts.signers.some((signer) => signer.fields.side === 'town')) missing.push('town-signer')
    if (facts.signers.some((signer) => needsLink(signer) && signer.fields.mailAddress === ''))
      missing.push('mail-address')
  }
  return missing
}

/** Signers who answer through a mailed link: everybody but the town's own certificate. */
export function needsLink(signer: CaseSigner): boolean {
  return !(signer.fields.side === 'town' && signer.fields.signatureType === 'party')
}

/** The step in which somebody still has to sign; undefined when all have. */
export function currentStep(signers: readonly CaseSigner[]): number | undefined {
  const open = signers.filter((signer) => signer.state !== 'signed').map((signer) => signer.fields.step)
  return open.length === 0 ? undefined : Math.min(...open)
}

/** Signers whose turn has come and who were not asked yet. */
export function signersToAsk(signers: readonly CaseSigner[]): readonly CaseSigner[] {
  const step = currentStep(signers)
  return signers.filter(
    (signer) => signer.fields.step === step && signer.state === 'waiting' && needsLink(signer),
  )
}

/** The town's own party signatures whose turn has come. */
export function townSignersDue(facts: Pick<CaseFacts, 'state' | 'signers'>): readonly CaseSigner[] {
  if (facts.state !== 'signing') return []
  const step = currentStep(facts.signers)
  return facts.signers.filter(
    (signer) => signer.fields.step === step && signer.state !== 'signed' && !needsLink(signer),
  )
}

/** What the case waits for now: one code, one sentence on the screen. */
export function waitingFor(facts: CaseFacts): CaseSummary['waitingFor'] {
  switch (facts.state) {
    case 'draft': {
      const [first] = missingBeforeApproval(facts)
      if (first === 'documents') return 'documents'
      if (first !== undefined) return 'signers'
      return facts.fields.length === 0 ? 'fields' : 'approval'
    }
    case 'approval':
      return 'approval'
    case 'approved':
      return 'sending'
    case 'signing':
      return waitingWhileSigning(facts)
    case 'declined':
    case 'lapsed':
      return 'clerk'
    case 'concluded':
      return facts.evidence === 'B-LTA' ? 'nothing' : 'evidence'
    case 'withdrawn':
    case 'paper':
    case 'deleted':
      return 'nothing'
  }
}

function waitingWhileSigning(facts: CaseFacts): CaseSummary['waitingFor'] {
  const step = currentStep(facts.signers)
  if (step === undefined) return 'conclusion'
  const due = facts.signers.filter((signer) => signer.fields.step === step && signer.state !== 'signed')
  if (due.some((signer) => signer.state === 'consented')) return 'sealing'
  if (due.some((signer) => signer.state === 'lapsed' || signer.state === 'declined')) return 'clerk'
  if (due.some((signer) => needsLink(signer) && ['requested', 'viewed', 'locked'].includes(signer.state)))
    return 'counterparty'
  if (due.some((signer) => needsLink(signer))) return 'mail-delivery'
  return 'town-signature'
}

const EDITABLE: readonly CaseState[] = ['draft']
const WITHDRAWABLE: readonly CaseState[] = ['draft', 'approval', 'approved', 'signing', 'declined', 'lapsed']

/** Documents, signers and fields change only before 決裁 is asked for. */
export function mayEditEnvelope(state: CaseState): boolean {
  return EDITABLE.includes(state)
}

/** The ledger's data may be corrected in any living state; what was concluded needs a reason. */
export function mayEditLedger(state: CaseState): 'freely' | 'with-reason' | 'no' {
  if (state === 'deleted') return 'no'
  return state === 'draft' || state === 'approval' ? 'freely' : 'with-reason'
}

export function mayWithdraw(state: CaseState): boolean {
  return WITHDRAWABLE.includes(state)
}

/**
 * Back to 作成中 with the same documents, also when somebody had signed before another one declined: the next envelope starts
 * from the files as they were imported, and the versions with signatures stay in history. While 署名手続き中 the case is withdrawn first.
 */
export function mayReopen(state: CaseState): boolean {
  return ['approval', 'approved', 'declined', 'lapsed', 'withdrawn'].includes(state)
}

/** A record without legal weight may leave the list; everything else stays and is withdrawn instead. */
export function mayDelete(state: CaseState): boolean {
  return state === 'draft' || state === 'withdrawn' || state === 'declined' || state === 'lapsed'
}
