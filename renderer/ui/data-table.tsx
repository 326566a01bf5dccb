import type { ReactNode } from 'react'
import { uiText } from '../i18n/ja/ui.ts'
import { CheckInput } from './choice-input.tsx'

export type Column<Row> = {
  readonly name: string
  readonly cell: (row: Row) => ReactNode
  readonly align?: 'right'
  readonly narrow?: boolean
  /** Text that should not be squeezed into a few characters a line. */
  readonly wide?: boolean
}
export type Selection = {
  readonly selected: ReadonlySet<string>
  readonly onChange: (selected: ReadonlySet<string>) => void
}

export type DataTableProps<Row> = {
  /** Says what the table is; read by screen readers. */
  readonly caption: string
  readonly columns: readonly Column<Row>[]
  readonly rows: readonly Row[]
  readonly keyOf: (row: Row) => string
  readonly nameOf?: (row: Row) => string
  readonly selection?: Selection | undefined
  /** The row whose details stand beside the table. */
  readonly currentKey?: string | undefined
}

/** A plain table: dense, header always visible, the first column names the row. */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const { columns, rows, keyOf, selection } = props
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: wide tables scroll, and that must work by keyboard.
    <section className="overflow-x-auto" tabIndex={0} aria-label={props.caption}>
      <table className="w-full border-collapse text-[0.9375rem]">
        <caption className="sr-only">{props.caption}</caption>
        <thead>
          <tr className="border-b-2 border-solid-gray-536 bg-solid-gray-50 text-left text-[0.875rem]">
            {selection ? (
              <th scope="col" className="w-9 px-2 py-1.5">
                <SelectAll rows={rows} keyOf={keyOf} selection={selection} />
              </th>
            ) : null}
            {columns.map((column) => (
              <th
                key={column.name}
                scope="col"
                className={`px-2 py-1.5 font-bold whitespace-nowrap ${column.align === 'right' ? 'text-right' : ''} ${column.narrow ? 'w-px' : ''}`}
              >
                {column.name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => {
            const key = keyOf(row)
            const current = key === props.currentKey
            return (
              <tr
                key={key}
                aria-current={current ? 'true' : undefined}
                className={`border-b border-solid-gray-200 ${current ? 'bg-blue-100' : 'hover:bg-blue-50'}`}
              >
                {selection ? (
                  <td className="px-2 py-1.5 align-top">
                    <CheckInput
                      hideLabel
                      label={uiText.selectRow(props.nameOf?.(row) ?? key)}
                      checked={selection.selected.has(key)}
                      onChange={(checked) => selection.onChange(withKey(selection.selected, key, checked))}
                    />
                  </td>
                ) : null}
                {columns.map((column) => (
                  <td
                    key={column.name}
                    className={`px-2 py-1.5 align-top ${column.align === 'right' ? 'text-right tabular-nums' : ''} ${column.narrow ? 'whitespace-nowrap' : ''} ${column.wide ? 'min-w-48' : ''}`}
                  >
                    {column.cell(row)}
                  </td>
                ))}
              </tr>
            )
          })}
        </tbody>
      </table>
    </section>
  )
}

function SelectAll<Row>(props: {
  readonly rows: readonly Row[]
  readonly keyOf: (row: Row) => string
  readonly selection: Selection
}) {
  const keys = props.rows.map(props.keyOf)
  const count = keys.filter((key) => props.selection.selected.has(key)).length
  return (
    <CheckInput
      hideLabel
      label={uiText.selectAll}
      checked={count > 0 && count === keys.length}
      indeterminate={count > 0 && count < keys.length}
      onChange={(checked) => props.selection.onChange(new Set(checked ? keys : []))}
    />
  )
}

function withKey(selected: ReadonlySet<string>, key: string, present: boolean): ReadonlySet<string> {
  const next = new Set(selected)
  if (present) next.add(key)
  else next.delete(key)
  return next
}
