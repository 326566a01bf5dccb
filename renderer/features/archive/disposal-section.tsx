import { useState } from 'react'
import { useOfficeBridge } from '../../bridge/office-bridge.ts'
import { useSession } from '../../bridge/session.tsx'
import { useQuery } from '../../bridge/use-query.ts'
import { archiveText } from '../../i18n/ja/archive.ts'
import { casesText } from '../../i18n/ja/cases.ts'
import { Button } from '../../ui/button.tsx'
import { SelectInput } from '../../ui/choice-input.tsx'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { Failure } from '../../ui/failure.tsx'
import { Empty, Loading } from '../../ui/page.tsx'
import { Pager } from '../../ui/pager.tsx'
import { hrefOf } from '../../ui/router.ts'
import { DayCell } from '../../ui/when.tsx'
import {
  ConfirmDisposalDialog,
  type DisposalRow,
  ProposeDialog,
  WithdrawDialog,
} from './disposal-dialogs.tsx'
import { DisposalRecords } from './disposal-records.tsx'
import { TaskOutcome } from './task-outcome.tsx'

const text = archiveText.disposal
const PAGE = 50
/** What one step takes. */
const MOST_CHOSEN = 1_000
type Only = keyof typeof text.only
type Step = 'propose' | 'withdraw' | 'confirm'

const COLUMNS: readonly Column<DisposalRow>[] = [
  {
    name: casesText.columns.title,
    wide: true,
    cell: (row) => (
      <a className="text-blue-900 underline" href={hrefOf(['cases', row.id])}>
        {row.title}
      </a>
    ),
  },
  { name: casesText.columns.counterparty, cell: (row) => row.counterpartyNames.join('、') },
  { name: text.ended, narrow: true, cell: (row) => <DayCell date={row.retentionEndsOn} /> },
  { name: text.proposal, cell: (row) => row.proposedByName },
  { name: text.why, cell: (row) => row.why },
]

/** 廃棄: one person proposes, another confirms; nothing goes before its time. What went stays on record. */
export function DisposalSection() {
  const { can } = useSession()
  return (
    <div className="flex flex-col gap-7 px-6 py-5">
      {can('archive.manage') ? <Candidates /> : null}
      {can('audit.read') ? <DisposalRecords /> : null}
    </div>
  )
}

function useCandidates() {
  const { client } = useOfficeBridge()
  const [only, setOnly] = useState<Only>('all')
  const [offset, setOffset] = useState(0)
  const list = useQuery(
    `disposal ${only} ${offset}`,
    () => client.archive.disposalList({ only, offset, limit: PAGE }),
    ['case-changed'],
  )
  return { only, setOnly, offset, setOffset, list }
}
type View = ReturnType<typeof useCandidates>

/** What is chosen, over all pages of the list. */
function useChosen({ only, list }: View) {
  const { client } = useOfficeBridge()
  const [chosen, setChosen] = useState<ReadonlyMap<string, DisposalRow>>(new Map())
  const [error, setError] = useState<Parameters<typeof Failure>[0]['error']>(undefined)
  const rows = list.data?.rows ?? []
  const choose = (selected: ReadonlySet<string>) => {
    const shown = new Set<string>(rows.map((row) => row.id))
    const next = new Map([...chosen].filter(([id]) => selected.has(id) || !shown.has(id)))
    for (const row of rows) if (selected.has(row.id)) next.set(row.id, row)
    setChosen(new Map([...next].slice(0, MOST_CHOSEN)))
  }
  const chooseAll = async () => {
    setError(undefined)
    const next = new Map<string, DisposalRow>()
    for (let from = 0; from < Math.min(list.data?.total ?? 0, MOST_CHOSEN); from += 200) {
      const page = await client.archive.disposalList({ only, offset: from, limit: 200 })
      if (!page.ok) {
        setError(page.error)
        return
      }
      for (const row of page.value.rows) next.set(row.id, row)
    }
    setChosen(next)
  }
  // As the list has them now: somebody may have proposed one, or a reload was under way, when it was ticked.
  const now = new Map(rows.map((row) => [row.id, row]))
  const current = new Map([...chosen].map(([id, row]) => [id, now.get(row.id) ?? row]))
  return { chosen: current, choose, chooseAll, error, clear: () => setChosen(new Map()) }
}
type Choice = ReturnType<typeof useChosen>

function Candidates() {
  const { status } = useSession()
  const view = useCandidates()
  const choice = useChosen(view)
  const [step, setStep] = useState<Step | undefined>(undefined)
  const [taskId, setTaskId] = useState<string | undefined>(undefined)
  const all = [...choice.chosen.values()]
  const proposed = all.filter((row) => row.proposedBy !== null)
  const groups: Groups = {
    propose: all.filter((row) => row.proposedBy === null),
    withdraw: proposed,
    confirm: proposed.filter((row) => row.proposedBy !== status.user?.id),
  }
  const close = () => {
    setStep(undefined)
    view.list.reload()
  }
  const done = (started?: string) => {
    choice.clear()
    if (started !== undefined) setTaskId(started)
    close()
  }
  return (
    <div className="flex flex-col gap-4">
      <p className="text-[0.9375rem] text-solid-gray-700">{text.lead}</p>
      <Failure error={view.list.error} onRetry={view.list.reload} />
      <Failure error={choice.error} onRetry={() => void choice.chooseAll()} />
      <div className="flex flex-wrap items-end gap-3">
        <OnlyInput view={view} onChange={choice.clear} />
        <Steps groups={groups} onStep={setStep} />
      </div>
      <CandidateTable view={view} choice={choice} />
      {taskId === undefined ? null : <TaskOutcome key={taskId} taskId={taskId} />}
      {step === 'propose' ? <ProposeDialog rows={groups.propose} onClose={close} onDone={done} /> : null}
      {step === 'withdraw' ? <WithdrawDialog rows={groups.withdraw} onClose={close} onDone={done} /> : null}
      {step === 'confirm' ? (
        <ConfirmDisposalDialog rows={groups.confirm} onClose={close} onDone={done} />
      ) : null}
    </div>
  )
}

type Groups = Readonly<Record<Step, readonly DisposalRow[]>>

function OnlyInput({ view, onChange }: { readonly view: View; readonly onChange: () => void }) {
  return (
    <div className="w-64">
      <SelectInput
        label={text.show}
        value={view.only}
        options={(Object.keys(text.only) as Only[]).map((value) => ({ value, label: text.only[value] }))}
        onChange={(value) => {
          view.setOnly(value)
          view.setOffset(0)
          onChange()
        }}
      />
    </div>
  )
}

function Steps({ groups, onStep }: { readonly groups: Groups; readonly onStep: (step: Step) => void }) {
  return (
    <>
      <Button isDisabled={groups.propose.length === 0} onPress={() => onStep('propose')}>
        {text.propose(groups.propose.length)}
      </Button>
      <Button isDisabled={groups.withdraw.length === 0} onPress={() => onStep('withdraw')}>
        {text.withdraw(groups.withdraw.length)}
      </Button>
      <Button look="danger" isDisabled={groups.confirm.length === 0} onPress={() => onStep('confirm')}>
        {text.confirm(groups.confirm.length)}
      </Button>
    </>
  )
}

function CandidateTable({ view, choice }: { readonly view: View; readonly choice: Choice }) {
  const { data, error } = view.list
  if (data === undefined) return error ? null : <Loading />
  if (data.rows.length === 0) return <Empty>{text.noneOf[view.only] || text.none}</Empty>
  const { total } = data
  return (
    <>
      <div className="flex flex-wrap items-center gap-3 text-[0.9375rem]">
        <Pager offset={view.offset} limit={PAGE} total={total} onMove={view.setOffset} />
        {total > PAGE ? (
          <Button size="small" look="quiet" onPress={() => void choice.chooseAll()}>
            {text.chooseAll(Math.min(total, MOST_CHOSEN))}
          </Button>
        ) : null}
        {choice.chosen.size > 0 ? (
          <>
            <span role="status">{text.chosen(choice.chosen.size)}</span>
            <Button size="small" look="quiet" onPress={choice.clear}>
              {text.clear}
            </Button>
          </>
        ) : null}
      </div>
      <DataTable
        caption={text.caption}
        columns={COLUMNS}
        rows={data.rows}
        keyOf={(row) => row.id}
        nameOf={(row) => row.title}
        selection={{ selected: new Set(choice.chosen.keys()), onChange: choice.choose }}
      />
    </>
  )
}
