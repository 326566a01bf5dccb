export type SearchValuesRow = {
  id: number
  kind: string
  value: string
}

/** What changed last; everything else lies in blocks and runs (search/README.md). */
export type SearchEntriesRow = {
  rid: number
  /** Newest block when it was written. */
  after_block: number
  amount: number | null
  state: number
  method: number
  kind: number
  department: number
  folder: number
  creator: number
  fiscal_year: number
  confidentiality: number
  retention_end: number | null
  hold: number
  title: string
  party: string
  rest: string
  /** Length of the words inside PDFs, in UTF-16 units. */
  body_units: number
}

export type SearchBodiesRow = {
  rid: number
  text: string
}

export type SearchStateRow = {
  key: string
  value: string
}

export type SearchPendingRow = {
  case_id: string
}
