import { useState } from 'react'
import type { IsoDate } from '../../../shared/model/brand.ts'
import { useOfficeBridge } from '../../bridge/office-bridge.ts'
import { useAction } from '../../bridge/use-action.ts'
import { useExportedList } from '../../bridge/use-exported-list.ts'
import { useQuery } from '../../bridge/use-query.ts'
import { archiveText } from '../../i18n/ja/archive.ts'
import { uiText } from '../../i18n/ja/ui.ts'
import { Button } from '../../ui/button.tsx'
import { ChangesTable } from '../../ui/changes-table.tsx'
import { CheckInput } from '../../ui/choice-input.tsx'
import { DateInput } from '../../ui/date-input.tsx'
import { Failure } from '../../ui/failure.tsx'
import { ListProblem } from '../../ui/list-problem.tsx'
import { Empty, Loading } from '../../ui/page.tsx'
import { Pager } from '../../ui/pager.tsx'
import { saveFile } from '../../ui/save-file.ts'
import { TextInput } from '../../ui/text-input.tsx'
import { useSettled } from '../../ui/use-settled.ts'
import { DEBOUNCE_MS } from './search-store.ts'

const text = archiveText.changes
const LIMIT = 50

type Filter = {
  readonly text: string
  readonly from: IsoDate | null
  readonly to: IsoDate | null
  readonly deletionsOnly: boolean
}

/** 訂正削除履歴, itself searchable and printable (L13). */
export function ChangesSection() {
  const { client } = useOfficeBridge()
  const [typed, setTyped] = useState<Filter>({ text: '', from: null, to: null, deletionsOnly: false })
  const [offset, setOffset] = useState(0)
  const filter = useSettled(typed, DEBOUNCE_MS)
  const { data, error, reload } = useQuery(
    `changes ${JSON.stringify(filter)} ${offset}`,
    () => client.archive.changes({ ...filter, offset, limit: LIMIT }),
    ['case-changed'],
  )
  const isEmpty = (data?.rows.length ?? 0) === 0
  const list = useExportedList(client.papers.exportHistory, saveFile)
  const change = (part: Partial<Filter>) => {
    setTyped((old) => ({ ...old, ...part }))
    setOffset(0)
  }
  return (
    <div className="flex flex-col gap-3 px-6 py-4">
      <div className="flex flex-wrap items-center justify-between gap-x-5 gap-y-2">
        <p className="text-[0.9375rem] text-solid-gray-700">{text.lead}</p>
        <div className="flex flex-wrap items-center gap-3">
          <PrintHistory filter={filter} isEmpty={isEmpty} />
          <Button size="small" isDisabled={isEmpty || list.isRunning} onPress={() => list.start(filter)}>
            {list.isRunning ? uiText.working : text.list}
          </Button>
        </div>
      </div>
      <div className="flex flex-wrap items-start gap-x-5 gap-y-2">
        <div className="w-80 max-w-full">
          <TextInput
            label={text.find}
            type="search"
            value={typed.text}
            maxLength={200}
            onChange={(value) => change({ text: value })}
          />
        </div>
        <div className="w-48">
          <DateInput
            label={archiveText.search.from}
            value={typed.from}
            onChange={(from) => change({ from })}
          />
        </div>
        <div className="w-48">
          <DateInput label={archiveText.search.to} value={typed.to} onChange={(to) => change({ to })} />
        </div>
        <div className="pt-8">
          <CheckInput
            label={text.deletionsOnly}
            checked={typed.deletionsOnly}
            onChange={(deletionsOnly) => change({ deletionsOnly })}
          />
        </div>
      </div>
      <Failure error={error ?? list.error} onRetry={reload} />
      <ListProblem code={list.problem} />
      {data === undefined ? (
        error ? null : (
          <Loading />
        )
      ) : data.rows.length === 0 ? (
        <Empty>{text.none}</Empty>
      ) : (
        <>
          <ChangesTable rows={data.rows} withCase words={filter.text.split(/\s+/).filter(Boolean)} />
          <Pager
            {...{ offset, total: data.total, isCapped: data.totalIsCapped }}
            limit={LIMIT}
            onMove={setOffset}
          />
        </>
      )}
    </div>
  )
}

/** What is listed, as a paper. */
function PrintHistory(props: { readonly filter: Filter; readonly isEmpty: boolean }) {
  const { client, fileUrl } = useOfficeBridge()
  const [print, action] = useAction(client.papers.printHistory)
  const start = async () => {
    const paper = await print(props.filter)
    if (paper !== undefined) saveFile(fileUrl(paper.ticket), text.paperName)
  }
  return (
    <>
      <Button size="small" isDisabled={props.isEmpty || action.pending} onPress={() => void start()}>
        {action.pending ? uiText.working : text.print}
      </Button>
      <Failure error={action.error} />
    </>
  )
}
