import type { Generated } from 'kysely'
import type { ImportFilesRow, ImportRowsRow, ImportsRow } from './schema-imports.ts'
import type {
  SearchBodiesRow,
  SearchEntriesRow,
  SearchPendingRow,
  SearchStateRow,
  SearchValuesRow,
} from './schema-search.ts'

/** Rows as SQLite holds them, one type per table of `migrations/`. Only `tables/`, `search/` and checks see them. */
export type Schema = {
  settings: SettingsRow
  secrets: SecretsRow
  users: UsersRow
  folders: FoldersRow
  saved_searches: SavedSearchesRow
  holidays: HolidaysRow
  cases: CasesRow
  counterparties: CounterpartiesRow
  documents: DocumentsRow
  document_versions: DocumentVersionsRow
  document_pages: DocumentPagesRow
  verifications: VerificationsRow
  signers: SignersRow
  signature_fields: SignatureFieldsRow
  links: LinksRow
  consents: ConsentsRow
  approvals: ApprovalsRow
  approval_documents: ApprovalDocumentsRow
  mails: MailsRow
  jobs: JobsRow
  portal_cursors: PortalCursorsRow
  portal_events: PortalEventsRow
  imports: ImportsRow
  import_rows: ImportRowsRow
  import_files: ImportFilesRow
  changes: ChangesRow
  audit_entries: AuditEntriesRow
  audit_anchors: AuditAnchorsRow
  disposals: DisposalsRow
  disposal_runs: DisposalRunsRow
  disposal_items: DisposalItemsRow
  backups: BackupsRow
  search_values: SearchValuesRow
  search_entries: SearchEntriesRow
  search_bodies: SearchBodiesRow
  search_state: SearchStateRow
  search_pending: SearchPendingRow
  change_groups: ChangeGroupsRow
}

export type SettingsRow = {
  key: string
  value_json: string
  updated_at: number
  updated_by: string
}

export type SecretsRow = {
  name: string
  bytes: Uint8Array
  updated_at: number
}

export type UsersRow = {
  id: string
  row_version: number
  login_name: string
  display_name: string
  department: string
  roles_json: string
  active: number
  created_at: number
  last_login_at: number | null
}

export type FoldersRow = {
  id: string
  name: string
  parent_id: string | null
  roles_json: string
  departments_json: string
  created_at: number
}

export type SavedSearchesRow = {
  id: string
  user_id: string
  name: string
  query_json: string
  position: Generated<number>
  created_at: number
}

export type HolidaysRow = {
  day: string
  name: string
}

export type CasesRow = {
  id: string
  row_version: number
  state: string
  waiting_for: string
  title: string
  contract_number: string
  method: string
  kind: string
  amount: number | null
  tax_mode: string
  tax_amount: number | null
  contract_date: string | null
  period_from: string | null
  period_to: string | null
  department: string
  parent_case_id: string | null
  amendment_on_paper: number
  folder_id: string | null
  council_vote_date: string | null
  planned_price: number | null
  application_date: string | null
  retention_years: number | null
  completed_on: string | null
  two_factor_required: number
  confidentiality: string
  remarks: string
  fiscal_year: number
  next_deadline: number | null
  sample: Generated<number>
  created_at: number
  created_by: string
  updated_at: number
  concluded_at: number | null
  deleted_at: number | null
  hold: Generated<number>
  retention_ends_on: string | null
  search_rid: number | null
}

export type CounterpartiesRow = {
  case_id: string
  position: number
  name: string
  address: string
  representative: string
  corporate_number: string
}

export type DocumentsRow = {
  id: string
  case_id: string
  position: number
  title: string
  file_name: string
  role: string
  pages: number
  preflight_json: string | null
  has_text: number
  created_at: number
  removed_at: number | null
  unstamped_since: number | null
  evidence_until: number | null
  renewal_due: number | null
}

export type DocumentVersionsRow = {
  id: string
  document_id: string
  number: number
  reason: string
  file_id: string | null
  sha256: string
  size_bytes: number
  created_at: number
  created_by: string
  evidence_level: string | null
  evidence_until: number | null
  destroyed_at: number | null
}

export type DocumentPagesRow = {
  document_id: string
  page: number
  text: string
}

export type VerificationsRow = {
  version_id: string
  basis: string
  verdict: string
  report_json: string
  verified_at: number
}

export type SignersRow = {
  id: string
  row_version: number
  case_id: string
  position: number
  fields_json: string
  access_code: string
  state: string
  requested_at: number | null
  viewed_at: number | null
  deadline: number | null
  signed_at: number | null
  decline_reason: string | null
  problem: string | null
}

export type SignatureFieldsRow = {
  id: string
  document_id: string
  signer_id: string
  page: number
  x: number
  y: number
  width: number
  height: number
  appearance: string
}

export type LinksRow = {
  id: string
  case_id: string
  signer_id: string | null
  purpose: string
  state: string
  answer_check: Uint8Array | null
  documents_json: string
  created_at: number
  expires_at: number
  ended_at: number | null
}

export type ConsentsRow = {
  id: string
  signer_id: string
  link_id: string | null
  consent_json: string
  consented_at: number
  stored_at: number
  raw: Uint8Array | null
}

export type ApprovalsRow = {
  id: string
  case_id: string
  requested_at: number
  requested_by: string
  request_comment: string
  decided_at: number | null
  decided_by: string | null
  decision: string | null
  decision_number: string
  decision_comment: string
}

export type ApprovalDocumentsRow = {
  approval_id: string
  document_id: string
  version_id: string
  sha256: string
}

export type MailsRow = {
  id: string
  case_id: string | null
  signer_id: string | null
  link_id: string | null
  kind: string
  recipient: string
  recipient_name: string
  subject: string
  body: string | null
  message_id: string
  state: string
  attempts: number
  created_at: number
  next_attempt_at: number | null
  lease_until: number | null
  sent_at: number | null
  last_reply: string | null
}

export type JobsRow = {
  id: string
  kind: string
  unique_key: string | null
  case_id: string | null
  payload_json: string
  progress_json: string | null
  state: string
  attempts: number
  created_at: number
  next_attempt_at: number | null
  lease_owner: string | null
  lease_until: number | null
  finished_at: number | null
  last_error: string | null
}

export type PortalCursorsRow = {
  portal: string
  last_sequence: number
  updated_at: number
}

export type PortalEventsRow = {
  event_id: string
  portal: string
  sequence: number
  link_id: string | null
  kind: string
  received_at: number
}

export type ChangesRow = {
  seq: Generated<number>
  at: number
  who_id: string | null
  who: string
  entity: string
  entity_id: string
  case_id: string | null
  case_title: string
  field: string
  old_value: string | null
  new_value: string | null
  why: string
  search_text: string
}

export type AuditEntriesRow = {
  seq: number
  at: number
  actor_id: string | null
  actor: string
  action: string
  case_id: string | null
  case_title: string
  data_json: string
  previous_hash: string
  hash: string
}

export type AuditAnchorsRow = {
  until_seq: number
  hash: string
  token: Uint8Array
  anchored_at: number
}

export type DisposalsRow = {
  case_id: string
  proposed_at: number
  proposed_by: string
  proposed_by_name: string
  why: string
  confirmed_at: number | null
  confirmed_by: string | null
  confirmed_by_name: string | null
}
export type DisposalRunsRow = {
  id: string
  fiscal_year: number
  number: number
  town_name: string
  confirmed_at: number
  confirmed_by: string
  confirmed_by_name: string
}
export type DisposalItemsRow = {
  run_id: string
  position: number
  case_id: string
  facts_json: string
}

export type BackupsRow = {
  id: string
  started_at: number
  finished_at: number | null
  target: string
  outcome: string
}

export type ChangeGroupsRow = {
  first_seq: number
  last_seq: number
}
