import type { Snippet } from '../../../shared/bridge/archive.ts'
import { findMarks } from '../../../shared/text/normalise.ts'
import { formatDayShort, formatYearLine, formatYen } from '../../i18n/format.ts'
import { archiveText } from '../../i18n/ja/archive.ts'
import { kindLabel } from '../../i18n/ja/labels.ts'
import { CaseStateTag } from '../../ui/case-state.tsx'
import { Marked } from '../../ui/marked.tsx'
import { Tag } from '../../ui/tag.tsx'
import type { SearchRow, SoughtWords } from './search-store.ts'

const text = archiveText.search

/** One hit: what it is on the left, amount, day and state in a column of their own on the right, the found place below. */
export function SearchRowView(props: {
  readonly row: SearchRow
  readonly words: SoughtWords
  readonly snippet: Snippet | null | undefined
}) {
  const { row, words } = props
  return (
    <span className="grid grid-cols-[minmax(0,1fr)_auto] items-baseline gap-x-3 leading-[1.45]">
      <b className="text-blue-1000">
        <Words text={row.title} words={words.title} />
      </b>
      <span className="text-right font-bold whitespace-nowrap tabular-nums">{formatYen(row.amount)}</span>
      <span className="text-[0.9375rem]">
        <Words text={row.counterpartyNames.join('、')} words={words.counterparty} />
      </span>
      <DayText date={row.contractDate} />
      <span className="text-[0.875rem] text-solid-gray-700">
        <Words text={row.contractNumber} words={words.number} />
        {row.contractNumber === '' ? '' : '　'}
        {kindLabel[row.kind]}
        {'　'}
        <Words text={row.department} words={words.anywhere} />
      </span>
      <span className="flex flex-wrap justify-end gap-1">
        {row.confidentiality === 'restricted' ? <Tag tone="red">{text.restricted}</Tag> : null}
        {row.hold ? <Tag tone="yellow">{text.held}</Tag> : null}
        {row.textless ? <Tag tone="grey">{text.textless}</Tag> : null}
        <CaseStateTag state={row.state} />
      </span>
      {words.anywhere.length > 0 && row.documentId !== null ? <SnippetLine snippet={props.snippet} /> : null}
    </span>
  )
}

/** 和暦 and 西暦 on one line, so that days stand under each other at the right edge. */
function DayText({ date }: { readonly date: SearchRow['contractDate'] }) {
  return (
    <span className="text-right text-[0.875rem] whitespace-nowrap tabular-nums">
      {date === null ? (
        text.noDate
      ) : (
        <time dateTime={date}>
          {formatDayShort(date)} <span className="text-solid-gray-700">{formatYearLine(date)}</span>
        </time>
      )}
    </span>
  )
}

/** Always two lines high, so that nothing moves when the place is found. */
function SnippetLine({ snippet }: { readonly snippet: Snippet | null | undefined }) {
  return (
    <span className="col-span-2 mt-0.5 block h-[2.6rem] overflow-hidden border-l-4 border-solid-gray-300 pl-2 text-[0.875rem] leading-[1.3rem] [overflow-wrap:anywhere]">
      {snippet === undefined ? null : snippet === null ? (
        <span className="text-solid-gray-700">{text.notInDocuments}</span>
      ) : (
        <>
          <span className="text-solid-gray-700">{text.foundIn(snippet.source, snippet.page)}</span>
          <Marked text={snippet.text} marks={snippet.marks} />
        </>
      )}
    </span>
  )
}

function Words(props: { readonly text: string; readonly words: readonly string[] }) {
  return <Marked text={props.text} marks={findMarks(props.text, props.words)} />
}
