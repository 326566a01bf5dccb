import { useState } from 'react'
import type { IsoDate } from '../../../shared/model/brand.ts'
import { useOfficeBridge } from '../../bridge/office-bridge.ts'
import { useAction } from '../../bridge/use-action.ts'
import { useQuery } from '../../bridge/use-query.ts'
import { keepingText } from '../../i18n/ja/keeping.ts'
import { uiText } from '../../i18n/ja/ui.ts'
import { Button } from '../../ui/button.tsx'
import { DateInput } from '../../ui/date-input.tsx'
import { Failure } from '../../ui/failure.tsx'
import { Empty, Section } from '../../ui/page.tsx'
import { saveFile } from '../../ui/save-file.ts'
import { TextInput } from '../../ui/text-input.tsx'

const text = keepingText.print

/** 印刷: the copy of a contract for 支出命令 and audit, and 訂正削除履歴. */
export function PrintSection() {
  return (
    <div className="flex flex-col gap-7">
      <CopyPrint />
      <HistoryPrint />
    </div>
  )
}

function CopyPrint() {
  const { client, fileUrl } = useOfficeBridge()
  const [typed, setTyped] = useState('')
  const [print, action] = useAction(client.papers.printCase)
  const [pack, setPack] = useState<NonNullable<Awaited<ReturnType<typeof print>>> | undefined>(undefined)
  const found = useQuery(`print ${typed}`, () => client.archive.search({ text: typed, limit: 10 }))
  const rows = typed.trim() === '' ? [] : (found.data?.rows ?? [])
  return (
    <Section title={text.copyTitle} lead={text.copyLead}>
      <div className="max-w-3xl">
        <TextInput label={text.find} type="search" value={typed} onChange={setTyped} />
      </div>
      <Failure error={action.error ?? found.error} />
      {typed.trim() !== '' && found.data !== undefined && rows.length === 0 ? (
        <Empty>{text.nothing}</Empty>
      ) : null}
      <ul className="max-w-4xl">
        {rows.map((row) => (
          <li key={row.id} className="flex items-center gap-4 border-b border-solid-gray-200 py-2">
            <span className="min-w-0 flex-1">
              <b>{row.title}</b>
              <span className="block text-[0.875rem] text-solid-gray-700">
                {[row.contractNumber, ...row.counterpartyNames].filter(Boolean).join('　')}
              </span>
            </span>
            <Button
              size="small"
              isDisabled={action.pending}
              onPress={() => void print({ caseId: row.id }).then(setPack)}
            >
              {text.make}
            </Button>
          </li>
        ))}
      </ul>
      {pack === undefined ? null : (
        <div className="flex flex-wrap gap-3" role="status">
          <Button look="primary" onPress={() => saveFile(fileUrl(pack.cover), text.coverName)}>
            {text.cover}
          </Button>
          {pack.documents.map((document) => (
            <Button
              key={document.ticket}
              onPress={() => saveFile(fileUrl(document.ticket), `${document.title}.pdf`)}
            >
              {document.title}
            </Button>
          ))}
        </div>
      )}
    </Section>
  )
}

function HistoryPrint() {
  const { client, fileUrl } = useOfficeBridge()
  const [filter, setFilter] = useState<{
    readonly text: string
    readonly from: IsoDate | null
    readonly to: IsoDate | null
  }>({ text: '', from: null, to: null })
  const [print, action] = useAction(client.papers.printHistory)
  const start = async () => {
    const paper = await print(filter)
    if (paper !== undefined) saveFile(fileUrl(paper.ticket), text.historyName)
  }
  return (
    <Section title={text.historyTitle} lead={text.historyLead}>
      <div className="flex max-w-3xl flex-col gap-4">
        <TextInput
          label={text.historyFind}
          value={filter.text}
          onChange={(value) => setFilter((old) => ({ ...old, text: value }))}
        />
        <div className="grid grid-cols-2 gap-4 max-md:grid-cols-1">
          <DateInput
            label={text.from}
            value={filter.from}
            onChange={(from) => setFilter((old) => ({ ...old, from }))}
          />
          <DateInput
            label={text.to}
            value={filter.to}
            onChange={(to) => setFilter((old) => ({ ...old, to }))}
          />
        </div>
      </div>
      <Failure error={action.error} />
      <div>
        <Button look="primary" isDisabled={action.pending} onPress={() => void start()}>
          {action.pending ? uiText.working : text.historyMake}
        </Button>
      </div>
    </Section>
  )
}
