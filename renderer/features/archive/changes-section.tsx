import { useState } from 'react'
import type { IsoDate } from '../../../shared/model/brand.ts'
import { useOfficeBridge } from '../../bridge/office-bridge.ts'
import { useQuery } from '../../bridge/use-query.ts'
import { archiveText } from '../../i18n/ja/archive.ts'
import { ChangesTable } from '../../ui/changes-table.tsx'
import { DateInput } from '../../ui/date-input.tsx'
import { Failure } from '../../ui/failure.tsx'
import { Empty, Loading } from '../../ui/page.tsx'
import { Pager } from '../../ui/pager.tsx'
import { TextInput } from '../../ui/text-input.tsx'
import { useSettled } from '../../ui/use-settled.ts'
import { DEBOUNCE_MS } from './search-store.ts'

const text = archiveText.changes
const LIMIT = 50

/** 訂正削除履歴, itself searchable (L13). */
export function ChangesSection() {
  const { client } = useOfficeBridge()
  const [typed, setTyped] = useState('')
  const [from, setFrom] = useState<IsoDate | null>(null)
  const [to, setTo] = useState<IsoDate | null>(null)
  const [offset, setOffset] = useState(0)
  const words = useSettled(typed, DEBOUNCE_MS)
  const { data, error, reload } = useQuery(
    `changes ${words} ${from} ${to} ${offset}`,
    () => client.archive.changes({ text: words, from, to, offset, limit: LIMIT }),
    ['case-changed'],
  )
  return (
    <div className="flex flex-col gap-4 px-6 py-5">
      <p className="text-[0.9375rem] text-solid-gray-700">{text.lead}</p>
      <div className="flex flex-wrap items-start gap-5">
        <div className="w-96 max-w-full">
          <TextInput
            label={text.find}
            type="search"
            value={typed}
            onChange={(value) => {
              setTyped(value)
              setOffset(0)
            }}
          />
        </div>
        <div className="w-52">
          <DateInput label={archiveText.search.from} value={from} onChange={setFrom} />
        </div>
        <div className="w-52">
          <DateInput label={archiveText.search.to} value={to} onChange={setTo} />
        </div>
      </div>
      <Failure error={error} onRetry={reload} />
      {data === undefined ? (
        error ? null : (
          <Loading />
        )
      ) : data.rows.length === 0 ? (
        <Empty>{text.none}</Empty>
      ) : (
        <>
          <ChangesTable rows={data.rows} withCase />
          <Pager offset={offset} limit={LIMIT} total={data.total} onMove={setOffset} />
        </>
      )}
    </div>
  )
}
