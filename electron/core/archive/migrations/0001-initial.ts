import type { Database } from 'better-sqlite3'

/**
 * First schema. Times are integer epoch ms, days `YYYY-MM-DD`, booleans 0/1, `_json` columns hold what the schema named
 * in their table's file parses. Rows are never overwritten silently: writers record `changes` in the same transaction.
 */
export function up(db: Database): void {
  for (const part of [PEOPLE, CASES, DOCUMENTS, SIGNING, WORK, HISTORY, KEEPING, SEARCH]) db.exec(part)
}

const PEOPLE = `
CREATE TABLE settings (
  key TEXT PRIMARY KEY, value_json TEXT NOT NULL, updated_at INTEGER NOT NULL, updated_by TEXT NOT NULL
) STRICT;
CREATE TABLE secrets (
  name TEXT PRIMARY KEY, bytes BLOB NOT NULL, updated_at INTEGER NOT NULL
) STRICT;
CREATE TABLE users (
  id TEXT PRIMARY KEY, row_version INTEGER NOT NULL, login_name TEXT NOT NULL COLLATE NOCASE UNIQUE,
  display_name TEXT NOT NULL, department TEXT NOT NULL, roles_json TEXT NOT NULL, active INTEGER NOT NULL,
  created_at INTEGER NOT NULL, last_login_at INTEGER
) STRICT;
CREATE TABLE folders (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, parent_id TEXT REFERENCES folders (id),
  roles_json TEXT NOT NULL, departments_json TEXT NOT NULL, created_at INTEGER NOT NULL
) STRICT;
CREATE TABLE saved_searches (
  id TEXT PRIMARY KEY, user_id TEXT NOT NULL REFERENCES users (id), name TEXT NOT NULL,
  query_json TEXT NOT NULL, created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX saved_searches_user ON saved_searches (user_id);
CREATE TABLE holidays (day TEXT PRIMARY KEY, name TEXT NOT NULL) STRICT;
`

const CASES = `
CREATE TABLE cases (
  id TEXT PRIMARY KEY, row_version INTEGER NOT NULL, state TEXT NOT NULL, waiting_for TEXT NOT NULL,
  title TEXT NOT NULL, contract_number TEXT NOT NULL, method TEXT NOT NULL, kind TEXT NOT NULL,
  amount INTEGER, tax_mode TEXT NOT NULL, tax_amount INTEGER, contract_date TEXT, period_from TEXT, period_to TEXT,
  department TEXT NOT NULL, parent_case_id TEXT REFERENCES cases (id), amendment_on_paper INTEGER NOT NULL,
  folder_id TEXT REFERENCES folders (id), council_vote_date TEXT, planned_price INTEGER, application_date TEXT,
  retention_years INTEGER, completed_on TEXT, two_factor_required INTEGER NOT NULL, remarks TEXT NOT NULL,
  fiscal_year INTEGER NOT NULL, next_deadline INTEGER, sample INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL, created_by TEXT NOT NULL, updated_at INTEGER NOT NULL,
  concluded_at INTEGER, deleted_at INTEGER,
  hold INTEGER NOT NULL DEFAULT 0, retention_ends_on TEXT, search_rid INTEGER
) STRICT;
CREATE INDEX cases_state ON cases (state, updated_at);
CREATE INDEX cases_parent ON cases (parent_case_id) WHERE parent_case_id IS NOT NULL;
CREATE INDEX cases_deadline ON cases (next_deadline) WHERE next_deadline IS NOT NULL;
CREATE INDEX cases_retention ON cases (retention_ends_on) WHERE retention_ends_on IS NOT NULL;
CREATE INDEX cases_number ON cases (contract_number) WHERE contract_number <> '';
CREATE INDEX cases_sample ON cases (id) WHERE sample = 1;
CREATE UNIQUE INDEX cases_search_rid ON cases (search_rid) WHERE search_rid IS NOT NULL;
CREATE TABLE counterparties (
  case_id TEXT NOT NULL REFERENCES cases (id), position INTEGER NOT NULL, name TEXT NOT NULL, address TEXT NOT NULL,
  representative TEXT NOT NULL, corporate_number TEXT NOT NULL, PRIMARY KEY (case_id, position)
) STRICT, WITHOUT ROWID;
`

const DOCUMENTS = `
CREATE TABLE documents (
  id TEXT PRIMARY KEY, case_id TEXT NOT NULL REFERENCES cases (id), position INTEGER NOT NULL, title TEXT NOT NULL,
  file_name TEXT NOT NULL, role TEXT NOT NULL, pages INTEGER NOT NULL, preflight_json TEXT, has_text INTEGER NOT NULL,
  created_at INTEGER NOT NULL, removed_at INTEGER
) STRICT;
CREATE INDEX documents_case ON documents (case_id, position);
CREATE TABLE document_versions (
  id TEXT PRIMARY KEY, document_id TEXT NOT NULL REFERENCES documents (id), number INTEGER NOT NULL,
  reason TEXT NOT NULL, file_id TEXT, sha256 TEXT NOT NULL, size_bytes INTEGER NOT NULL,
  created_at INTEGER NOT NULL, created_by TEXT NOT NULL,
  evidence_level TEXT, evidence_until INTEGER, destroyed_at INTEGER,
  UNIQUE (document_id, number)
) STRICT;
CREATE UNIQUE INDEX document_versions_file ON document_versions (file_id) WHERE file_id IS NOT NULL;
CREATE INDEX document_versions_sha256 ON document_versions (sha256);
CREATE INDEX document_versions_evidence ON document_versions (evidence_until) WHERE evidence_until IS NOT NULL;
CREATE TABLE document_pages (
  document_id TEXT NOT NULL REFERENCES documents (id), page INTEGER NOT NULL, text TEXT NOT NULL,
  PRIMARY KEY (document_id, page)
) STRICT, WITHOUT ROWID;
CREATE TABLE verifications (
  version_id TEXT NOT NULL REFERENCES document_versions (id), basis TEXT NOT NULL, verdict TEXT NOT NULL,
  report_json TEXT NOT NULL, verified_at INTEGER NOT NULL, PRIMARY KEY (version_id, basis)
) STRICT, WITHOUT ROWID;
`

const SIGNING = `
CREATE TABLE signers (
  id TEXT PRIMARY KEY, row_version INTEGER NOT NULL, case_id TEXT NOT NULL REFERENCES cases (id),
  position INTEGER NOT NULL, fields_json TEXT NOT NULL, access_code TEXT NOT NULL, state TEXT NOT NULL,
  requested_at INTEGER, viewed_at INTEGER, deadline INTEGER, signed_at INTEGER, decline_reason TEXT, problem TEXT
) STRICT;
CREATE INDEX signers_case ON signers (case_id, position);
CREATE INDEX signers_deadline ON signers (deadline) WHERE deadline IS NOT NULL;
CREATE TABLE signature_fields (
  id TEXT PRIMARY KEY, document_id TEXT NOT NULL REFERENCES documents (id), signer_id TEXT NOT NULL REFERENCES signers (id),
  page INTEGER NOT NULL, x REAL NOT NULL, y REAL NOT NULL, width REAL NOT NULL, height REAL NOT NULL,
  appearance TEXT NOT NULL
) STRICT;
CREATE INDEX signature_fields_document ON signature_fields (document_id);
CREATE INDEX signature_fields_signer ON signature_fields (signer_id);
CREATE TABLE links (
  id TEXT PRIMARY KEY, case_id TEXT NOT NULL REFERENCES cases (id), signer_id TEXT REFERENCES signers (id),
  purpose TEXT NOT NULL, state TEXT NOT NULL, mac_key BLOB, documents_json TEXT NOT NULL,
  created_at INTEGER NOT NULL, expires_at INTEGER NOT NULL, ended_at INTEGER
) STRICT;
CREATE INDEX links_signer ON links (signer_id);
CREATE INDEX links_case ON links (case_id);
CREATE INDEX links_expiry ON links (expires_at) WHERE ended_at IS NULL;
CREATE TABLE consents (
  id TEXT PRIMARY KEY, signer_id TEXT NOT NULL REFERENCES signers (id), link_id TEXT REFERENCES links (id),
  consent_json TEXT NOT NULL, consented_at INTEGER NOT NULL, stored_at INTEGER NOT NULL, raw BLOB
) STRICT;
CREATE INDEX consents_signer ON consents (signer_id);
CREATE TABLE approvals (
  id TEXT PRIMARY KEY, case_id TEXT NOT NULL REFERENCES cases (id), requested_at INTEGER NOT NULL,
  requested_by TEXT NOT NULL, request_comment TEXT NOT NULL, decided_at INTEGER, decided_by TEXT, decision TEXT,
  decision_number TEXT NOT NULL, decision_comment TEXT NOT NULL
) STRICT;
CREATE INDEX approvals_case ON approvals (case_id, requested_at);
CREATE TABLE approval_documents (
  approval_id TEXT NOT NULL REFERENCES approvals (id), document_id TEXT NOT NULL REFERENCES documents (id),
  version_id TEXT NOT NULL REFERENCES document_versions (id), sha256 TEXT NOT NULL,
  PRIMARY KEY (approval_id, document_id)
) STRICT, WITHOUT ROWID;
`

const WORK = `
CREATE TABLE mails (
  id TEXT PRIMARY KEY, case_id TEXT REFERENCES cases (id), signer_id TEXT REFERENCES signers (id),
  link_id TEXT REFERENCES links (id), kind TEXT NOT NULL, recipient TEXT NOT NULL, recipient_name TEXT NOT NULL,
  subject TEXT NOT NULL, body TEXT, message_id TEXT NOT NULL, state TEXT NOT NULL, attempts INTEGER NOT NULL,
  created_at INTEGER NOT NULL, next_attempt_at INTEGER, lease_until INTEGER, sent_at INTEGER, last_reply TEXT
) STRICT;
CREATE INDEX mails_due ON mails (next_attempt_at) WHERE state IN ('queued', 'sending');
CREATE INDEX mails_case ON mails (case_id);
CREATE INDEX mails_created ON mails (created_at);
CREATE TABLE jobs (
  id TEXT PRIMARY KEY, kind TEXT NOT NULL, unique_key TEXT, case_id TEXT REFERENCES cases (id),
  payload_json TEXT NOT NULL, progress_json TEXT, state TEXT NOT NULL, attempts INTEGER NOT NULL,
  created_at INTEGER NOT NULL, next_attempt_at INTEGER, lease_owner TEXT, lease_until INTEGER,
  finished_at INTEGER, last_error TEXT
) STRICT;
CREATE INDEX jobs_due ON jobs (next_attempt_at) WHERE state IN ('queued', 'running');
CREATE UNIQUE INDEX jobs_unique ON jobs (kind, unique_key) WHERE unique_key IS NOT NULL AND state IN ('queued', 'running');
CREATE INDEX jobs_case ON jobs (case_id) WHERE case_id IS NOT NULL;
CREATE TABLE portal_cursors (portal TEXT PRIMARY KEY, last_sequence INTEGER NOT NULL, updated_at INTEGER NOT NULL) STRICT;
CREATE TABLE portal_events (
  event_id TEXT PRIMARY KEY, portal TEXT NOT NULL, sequence INTEGER NOT NULL, link_id TEXT, kind TEXT NOT NULL,
  received_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX portal_events_sequence ON portal_events (portal, sequence);
CREATE TABLE imports (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, plan_json TEXT NOT NULL, state TEXT NOT NULL,
  created_at INTEGER NOT NULL, created_by TEXT NOT NULL, finished_at INTEGER
) STRICT;
CREATE TABLE import_rows (
  import_id TEXT NOT NULL REFERENCES imports (id), line INTEGER NOT NULL, outcome TEXT NOT NULL,
  case_id TEXT REFERENCES cases (id), sha256 TEXT, problem TEXT, PRIMARY KEY (import_id, line)
) STRICT, WITHOUT ROWID;
`

const HISTORY = `
CREATE TABLE changes (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, who_id TEXT, who TEXT NOT NULL,
  entity TEXT NOT NULL, entity_id TEXT NOT NULL, case_id TEXT, case_title TEXT NOT NULL,
  field TEXT NOT NULL, old_value TEXT, new_value TEXT, why TEXT NOT NULL, search_text TEXT NOT NULL
) STRICT;
CREATE INDEX changes_case ON changes (case_id, seq);
CREATE INDEX changes_at ON changes (at);
CREATE TRIGGER changes_stay_update BEFORE UPDATE ON changes BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;
CREATE TRIGGER changes_stay_delete BEFORE DELETE ON changes BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;
CREATE TABLE audit_entries (
  seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, actor_id TEXT, actor TEXT NOT NULL, action TEXT NOT NULL,
  case_id TEXT, case_title TEXT NOT NULL, data_json TEXT NOT NULL, previous_hash TEXT NOT NULL, hash TEXT NOT NULL
) STRICT;
CREATE INDEX audit_entries_at ON audit_entries (at);
CREATE INDEX audit_entries_case ON audit_entries (case_id, seq) WHERE case_id IS NOT NULL;
CREATE INDEX audit_entries_action ON audit_entries (action, seq);
CREATE TRIGGER audit_entries_stay_update BEFORE UPDATE ON audit_entries BEGIN SELECT RAISE(ABORT, 'log is append-only'); END;
CREATE TRIGGER audit_entries_stay_delete BEFORE DELETE ON audit_entries BEGIN SELECT RAISE(ABORT, 'log is append-only'); END;
CREATE TABLE audit_anchors (
  until_seq INTEGER PRIMARY KEY, hash TEXT NOT NULL, token BLOB NOT NULL, anchored_at INTEGER NOT NULL
) STRICT;
`

const KEEPING = `
CREATE TABLE disposals (
  case_id TEXT PRIMARY KEY REFERENCES cases (id), proposed_at INTEGER NOT NULL, proposed_by TEXT NOT NULL,
  proposed_by_name TEXT NOT NULL, why TEXT NOT NULL, confirmed_at INTEGER, confirmed_by TEXT, confirmed_by_name TEXT
) STRICT;
CREATE TABLE backups (
  id TEXT PRIMARY KEY, started_at INTEGER NOT NULL, finished_at INTEGER, target TEXT NOT NULL, outcome TEXT NOT NULL
) STRICT;
`

const SEARCH = `
CREATE TABLE search_values (id INTEGER PRIMARY KEY, kind TEXT NOT NULL, value TEXT NOT NULL, UNIQUE (kind, value)) STRICT;
CREATE TABLE search_facets (
  rid INTEGER PRIMARY KEY, amount INTEGER, state INTEGER NOT NULL, method INTEGER NOT NULL, kind INTEGER NOT NULL,
  department INTEGER NOT NULL, folder INTEGER NOT NULL, creator INTEGER NOT NULL, fiscal_year INTEGER NOT NULL,
  retention_end INTEGER
) STRICT;
CREATE INDEX search_facets_amount ON search_facets (amount, rid);
CREATE TABLE search_texts (
  rid INTEGER PRIMARY KEY, title TEXT NOT NULL, party TEXT NOT NULL, rest TEXT NOT NULL
) STRICT;
CREATE TABLE search_bodies (rid INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;
CREATE VIRTUAL TABLE search_grams USING fts5(grams, tokenize = 'ascii', content = '', contentless_delete = 1, detail = none);
CREATE TABLE search_state (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE search_pending (case_id TEXT PRIMARY KEY) STRICT;
`
