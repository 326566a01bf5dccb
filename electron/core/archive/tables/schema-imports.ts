import type { Generated } from 'kysely'

export type ImportsRow = {
  id: string
  name: string
  plan_json: string
  state: string
  created_at: number
  created_by: string
  finished_at: number | null
  owner_id: string | null
  made: Generated<number>
  duplicate: Generated<number>
  refused: Generated<number>
  unlisted: Generated<number>
  unstamped: Generated<number>
}

export type ImportRowsRow = {
  import_id: string
  line: number
  outcome: string
  case_id: string | null
  sha256: string | null
  problem: string | null
  title: string
  file: string
  cell: string | null
  verdict: string | null
}

export type ImportFilesRow = {
  import_id: string
  path: string
  part: number
  parts: number
  kind: string
  source: string
  file_id: string
  sha256: string
  size_bytes: number
}
