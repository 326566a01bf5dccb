import type { z } from 'zod'
import type { ChangeRecord } from '../../shared/bridge/cases.ts'
import { fieldLabel, historyText } from '../i18n/ja/history.ts'
import { labelOf } from '../i18n/ja/labels.ts'
import { type Column, DataTable } from './data-table.tsx'
import { hrefOf } from './router.ts'
import { TimeCell } from './when.tsx'

type Row = z.output<typeof ChangeRecord>

const COLUMNS: readonly Column<Row>[] = [
  { name: historyText.field, narrow: true, cell: (row) => labelOf(fieldLabel, row.field) },
  { name: historyText.old, cell: (row) => <Value value={row.oldValue} /> },
  { name: historyText.new, cell: (row) => <Value value={row.newValue} /> },
  { name: historyText.why, cell: (row) => row.why },
  { name: historyText.who, narrow: true, cell: (row) => row.who },
]
const WHEN: Column<Row> = { name: historyText.when, narrow: true, cell: (row) => <TimeCell at={row.at} /> }
const CASE: Column<Row> = {
  name: historyText.case,
  cell: (row) =>
    row.caseId === null ? (
      row.caseTitle
    ) : (
      <a className="text-blue-900 underline" href={hrefOf(['cases', row.caseId])}>
        {row.caseTitle}
      </a>
    ),
}

function Value({ value }: { readonly value: string | null }) {
  return value === null ? (
    <span className="text-solid-gray-700">{historyText.nothing}</span>
  ) : (
    <span className="break-words">{value}</span>
  )
}

/** 訂正削除履歴: old, new, who, when, why. */
export function ChangesTable(props: { readonly rows: readonly Row[]; readonly withCase: boolean }) {
  return (
    <DataTable
      caption={historyText.caption}
      columns={props.withCase ? [WHEN, CASE, ...COLUMNS] : [WHEN, ...COLUMNS]}
      rows={props.rows}
      keyOf={(row) => `${row.at} ${row.caseId} ${row.field} ${row.newValue}`}
    />
  )
}
