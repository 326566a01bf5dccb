import type { ReactNode } from 'react'
import type { z } from 'zod'
import type { ChangeRecord } from '../../shared/bridge/cases.ts'
import { entityWord, fieldWord, valueWord } from '../../shared/model/history-words.ts'
import { findMarks } from '../../shared/text/normalise.ts'
import { historyText as text } from '../i18n/ja/history.ts'
import { type Column, DataTable } from './data-table.tsx'
import { Marked } from './marked.tsx'
import { hrefOf } from './router.ts'
import { Tag } from './tag.tsx'
import { TimeCell } from './when.tsx'

type Change = z.output<typeof ChangeRecord>
/** What was saved at once. */
type Save = { readonly key: string; readonly first: Change; readonly rows: readonly Change[] }

/** More fields than this, all of them new, are folded away: a registration, not a correction. */
const MOST_OPEN = 4

/** 訂正削除履歴: old, new, who, when, why. What was saved at once stands together. */
export function ChangesTable(props: {
  readonly rows: readonly Change[]
  readonly withCase: boolean
  /** Marked where they stand. */
  readonly words?: readonly string[]
}) {
  const words = props.words ?? []
  const columns: readonly Column<Save>[] = [
    {
      name: text.when,
      narrow: true,
      cell: ({ first }) => (
        <>
          <TimeCell at={first.at} />
          <Found words={words}>{first.who}</Found>
        </>
      ),
    },
    ...(props.withCase ? [caseColumn(words)] : []),
    { name: text.changes, wide: true, cell: (save) => <SavedFields save={save} words={words} /> },
    { name: text.why, cell: ({ first }) => <Found words={words}>{first.why}</Found> },
  ]
  return (
    <DataTable caption={text.caption} columns={columns} rows={savesOf(props.rows)} keyOf={({ key }) => key} />
  )
}

function caseColumn(words: readonly string[]): Column<Save> {
  return {
    name: text.case,
    wide: true,
    cell: ({ first }) =>
      first.caseId === null ? (
        <span className="text-solid-gray-700">{text.outside}</span>
      ) : (
        <a className="text-blue-900 underline" href={hrefOf(['cases', first.caseId])}>
          <Found words={words}>{first.caseTitle}</Found>
        </a>
      ),
  }
}

/** Rows of one save follow each other. */
function savesOf(rows: readonly Change[]): readonly Save[] {
  const saves: { key: string; first: Change; rows: Change[] }[] = []
  for (const row of rows) {
    const last = saves.at(-1)
    if (last !== undefined && isSameSave(last.first, row)) last.rows.push(row)
    else saves.push({ key: `${row.at} ${row.entity} ${row.caseId} ${saves.length}`, first: row, rows: [row] })
  }
  return saves
}

function isSameSave(left: Change, right: Change): boolean {
  return (
    left.at === right.at &&
    left.who === right.who &&
    left.entity === right.entity &&
    left.subject === right.subject &&
    left.caseId === right.caseId &&
    left.why === right.why
  )
}

function SavedFields({ save, words }: { readonly save: Save; readonly words: readonly string[] }) {
  const { first, rows } = save
  const kind = kindOf(rows)
  const list = (
    <ul>
      {rows.map((row) => (
        <li key={row.field} className="[overflow-wrap:anywhere]">
          <FieldChange row={row} words={words} />
        </li>
      ))}
    </ul>
  )
  return (
    <div className="flex flex-col gap-0.5">
      <span className="flex flex-wrap items-center gap-1.5">
        <Tag tone={KINDS[kind].tone}>{KINDS[kind].word}</Tag>
        {first.entity === 'case' ? null : (
          <span className="text-[0.875rem] text-solid-gray-700">
            {text.subject(entityWord(first.entity), first.subject)}
          </span>
        )}
      </span>
      {kind === 'registration' && rows.length > MOST_OPEN ? (
        <details>
          <summary className="text-blue-900 underline">{text.registered(rows.length)}</summary>
          {list}
        </details>
      ) : (
        list
      )}
    </div>
  )
}

const KINDS = {
  deletion: { word: text.deletion, tone: 'red' },
  registration: { word: text.registration, tone: 'grey' },
  correction: { word: text.correction, tone: 'blue' },
} as const

function kindOf(rows: readonly Change[]): keyof typeof KINDS {
  const isDeletion = ({ field, newValue }: Change) =>
    field === 'removed' || (field === 'state' && newValue === 'deleted')
  if (rows.some(isDeletion)) return 'deletion'
  return rows.every((row) => row.oldValue === null) ? 'registration' : 'correction'
}

function FieldChange({ row, words }: { readonly row: Change; readonly words: readonly string[] }) {
  const shown = (value: string | null): ReactNode =>
    value === null ? (
      <span className="text-solid-gray-700">{text.nothing}</span>
    ) : value === '' ? (
      <span className="text-solid-gray-700">{text.empty}</span>
    ) : (
      <Found words={words}>{valueWord(row.field, value, row.entity)}</Found>
    )
  return (
    <>
      <span className="text-solid-gray-700">
        <Found words={words}>{fieldWord(row.field, row.entity)}</Found>：
      </span>
      {row.oldValue === null ? null : (
        <>
          {shown(row.oldValue)}
          <span aria-hidden="true"> → </span>
          <span className="sr-only">{text.becomes}</span>
        </>
      )}
      {shown(row.newValue)}
    </>
  )
}

function Found(props: { readonly words: readonly string[]; readonly children: string }) {
  return <Marked text={props.children} marks={findMarks(props.children, props.words)} />
}
