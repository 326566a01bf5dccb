import { type ReactNode, useState } from 'react'
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
import { useSettled } from '../../ui/use-settled.ts'
import { DEBOUNCE_MS } from './search-store.ts'
import { TaskOutcome } from './task-outcome.tsx'

const text = keepingText.print

/** 印刷: copies of contracts for 支出命令 and audit, and 訂正削除履歴. */
export function PrintSection() {
  return (
    <div className="flex flex-col gap-7">
      <CopyPrint />
      <HistoryPrint />
    </div>
  )
}

function CopyPrint() {
  const { client } = useOfficeBridge()
  const [typed, setTyped] = useState('')
  const words = useSettled(typed.trim(), DEBOUNCE_MS)
  const [chosen, setChosen] = useState<readonly Found[]>([])
  const [taskId, setTaskId] = useState<string | undefined>(undefined)
  const [print, action] = useAction(client.papers.printCases)
  const found = useFound(words)
  const rows = words === '' ? [] : (found.data?.rows ?? [])
  const start = async () => {
    const task = await print({ caseIds: chosen.map((row) => row.id) })
    if (task === undefined) return
    setTaskId(task.taskId)
    setChosen([])
  }
  return (
    <Section title={text.copyTitle} lead={text.copyLead}>
      <div className="max-w-3xl">
        <TextInput label={text.find} type="search" value={typed} onChange={setTyped} />
      </div>
      <Failure error={action.error ?? found.error} />
      {words !== '' && found.data !== undefined && rows.length === 0 ? <Empty>{text.nothing}</Empty> : null}
      <ul className="max-w-4xl">
        {rows.map((row) => {
          const isChosen = chosen.some((other) => other.id === row.id)
          return (
            <CaseLine key={row.id} row={row}>
              <Button size="small" isDisabled={isChosen} onPress={() => setChosen((old) => [...old, row])}>
                {isChosen ? text.added : text.add}
                <span className="sr-only">{row.title}</span>
              </Button>
            </CaseLine>
          )
        })}
      </ul>
      {chosen.length === 0 ? null : (
        <div className="flex max-w-4xl flex-col gap-2">
          <h3 className="font-bold">{text.chosen(chosen.length)}</h3>
          <ol className="list-decimal pl-6">
            {chosen.map((row) => (
              <CaseLine key={row.id} row={row}>
                <Button
                  size="small"
                  look="quiet"
                  aria-label={text.remove(row.title)}
                  onPress={() => setChosen((old) => old.filter((other) => other.id !== row.id))}
                >
                  ×
                </Button>
              </CaseLine>
            ))}
          </ol>
          <div>
            <Button look="primary" isDisabled={action.pending} onPress={() => void start()}>
              {action.pending ? uiText.working : text.make(chosen.length)}
            </Button>
          </div>
        </div>
      )}
      {taskId === undefined ? null : <TaskOutcome key={taskId} taskId={taskId} />}
    </Section>
  )
}

function useFound(words: string) {
  const { client } = useOfficeBridge()
  return useQuery(`print ${words}`, () => client.archive.search({ text: words, limit: 10 }))
}
type Found = NonNullable<ReturnType<typeof useFound>['data']>['rows'][number]

function CaseLine({ row, children }: { readonly row: Found; readonly children: ReactNode }) {
  return (
    <li className="border-b border-solid-gray-200 py-2">
      <div className="flex items-center gap-4">
        <span className="min-w-0 flex-1">
          <b>{row.title}</b>
          <span className="block text-[0.875rem] text-solid-gray-700">
            {[row.contractNumber, ...row.counterpartyNames].filter(Boolean).join('　')}
          </span>
        </span>
        {children}
      </div>
    </li>
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
