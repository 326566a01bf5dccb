import type { DrillReport } from '../../../shared/bridge/outcomes.ts'
import { archiveText } from '../../i18n/ja/archive.ts'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { Notice } from '../../ui/notice.tsx'

const text = archiveText.drill
const MOST_SHOWN = 50

type Row = DrillReport['problems'][number] & { readonly key: string }

const COLUMNS: readonly Column<Row>[] = [
  { name: text.problem, wide: true, cell: (row) => row.text },
  { name: text.place, wide: true, cell: (row) => row.place },
]

/** What a restore drill found; the paper has all of it. */
export function DrillOutcome({ drill }: { readonly drill: DrillReport }) {
  const { problems } = drill
  const rows = problems.slice(0, MOST_SHOWN).map((problem, index) => ({ ...problem, key: String(index) }))
  return (
    <>
      <Notice severity={problems.length === 0 ? 'done' : 'stop'} live>
        {problems.length === 0 ? text.good : text.bad(problems.length)}
      </Notice>
      <p>{text.facts(drill.cases, drill.files, drill.logEntries)}</p>
      {rows.length === 0 ? null : (
        <DataTable caption={text.problems} columns={COLUMNS} rows={rows} keyOf={(row) => row.key} />
      )}
      {problems.length > MOST_SHOWN ? <p>{text.capped(MOST_SHOWN)}</p> : null}
    </>
  )
}
