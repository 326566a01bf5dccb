/** What long work on an import keeps up to date while it goes on. */
import type { ImportLine } from '../../../shared/bridge/imports.ts'
import type { CaseId } from '../../../shared/model/brand.ts'
import type { Verdict } from '../../../shared/model/verification.ts'

export type ReportedLine = {
  /** null: not of the table. */
  readonly line: number | null
  readonly outcome: ImportLine['outcome']
  readonly problem: string | null
  readonly cell: string | null
  readonly title: string
  readonly file: string
  readonly verdict: Verdict | null
  /** The case it became, or that holds the file. */
  readonly caseId: CaseId | null
  /** An earlier line of the same table that brings the same file. */
  readonly sameAsLine: number | null
}

/** What a task keeps up to date. */
export type ImportTaskResult = {
  /** The import whose rows hold the lines; null: `report` does. */
  importId: string | null
  dry: boolean
  lines: number
  made: number
  duplicate: number
  refused: number
  unlisted: number
  unstamped: number
  code: string | null
  detail: string
  readonly unused: string[]
  readonly report: ReportedLine[]
}

export function emptyResult(over: Partial<ImportTaskResult> = {}): ImportTaskResult {
  return {
    ...{ importId: null, dry: false, lines: 0, made: 0, duplicate: 0, refused: 0, unlisted: 0, unstamped: 0 },
    ...{ code: null, detail: '', unused: [], report: [], ...over },
  }
}
