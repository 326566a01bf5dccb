import { useEffect, useState } from 'react'
import { useStore } from 'zustand'
import { CaseState } from '../../../../shared/model/case.ts'
import { useOfficeBridge } from '../../../bridge/office-bridge.ts'
import { useSession } from '../../../bridge/session.tsx'
import { casesText } from '../../../i18n/ja/cases.ts'
import { caseStateLabel, kindLabel } from '../../../i18n/ja/labels.ts'
import { uiText } from '../../../i18n/ja/ui.ts'
import { Button, LinkButton } from '../../../ui/button.tsx'
import { CaseStateTag, CaseWaiting } from '../../../ui/case-state.tsx'
import { CheckInput } from '../../../ui/choice-input.tsx'
import { type Column, DataTable } from '../../../ui/data-table.tsx'
import { Failure } from '../../../ui/failure.tsx'
import { Empty, Loading, Page } from '../../../ui/page.tsx'
import { Pager } from '../../../ui/pager.tsx'
import { hrefOf, replaceRoute, useRoute } from '../../../ui/router.ts'
import { type TabItem, Tabs } from '../../../ui/tabs.tsx'
import { Tag } from '../../../ui/tag.tsx'
import { TextInput } from '../../../ui/text-input.tsx'
import { DayCell, TimeCell, YenText } from '../../../ui/when.tsx'
import { BulkSealDialog } from './bulk-seal-dialog.tsx'
import { type CaseListState, type CaseRow, createCaseListStore, PAGE_SIZE, tabOf } from './case-list-store.ts'
import { IssueFormDialog } from './issue-form-dialog.tsx'

const text = casesText.list
const names = casesText.columns

const COLUMNS: readonly Column<CaseRow>[] = [
  {
    name: names.title,
    wide: true,
    cell: (row) => (
      <>
        <a className="font-bold text-blue-900 underline" href={hrefOf(['cases', row.id])}>
          {row.title}
        </a>{' '}
        {row.sample ? <Tag tone="yellow">{text.sample}</Tag> : null}
        <span className="block text-[0.8125rem] text-solid-gray-700">
          {[row.contractNumber, kindLabel[row.kind]].filter(Boolean).join('　')}
        </span>
      </>
    ),
  },
  { name: names.counterparty, wide: true, cell: (row) => row.counterpartyNames.join('、') },
  { name: names.amount, align: 'right', narrow: true, cell: (row) => <YenText yen={row.amount} /> },
  { name: names.contractDate, narrow: true, cell: (row) => <DayCell date={row.contractDate} /> },
  { name: names.department, narrow: true, cell: (row) => row.department },
  {
    name: names.state,
    cell: (row) => (
      <>
        <CaseStateTag state={row.state} />
        <span className="block text-[0.875rem]">
          <CaseWaiting waitingFor={row.waitingFor} />
        </span>
      </>
    ),
  },
  { name: names.deadline, narrow: true, cell: (row) => <TimeCell at={row.nextDeadline} /> },
]

/** Tabs that always stand there; others appear when there is something in them. */
const ALWAYS: readonly CaseState[] = ['draft', 'approval', 'approved', 'signing', 'concluded']

function useCaseList() {
  const bridge = useOfficeBridge()
  const route = useRoute()
  const [store] = useState(() => createCaseListStore(bridge.client))
  const tab = tabOf(route.query.get('state'))
  useEffect(() => {
    store.getState().setTab(tab)
  }, [store, tab])
  useEffect(
    () =>
      bridge.subscribe((event) => {
        if (event.topic === 'case-changed') void store.getState().load()
      }),
    [bridge, store],
  )
  return useStore(store)
}

export function CaseListPage() {
  const list = useCaseList()
  const { can } = useSession()
  const [isIssuing, setIssuing] = useState(false)
  return (
    <Page
      title={text.title}
      full
      actions={
        can('case.write') ? (
          <>
            <Button onPress={() => setIssuing(true)}>{text.issueForm}</Button>
            <LinkButton look="primary" href={hrefOf(['cases', 'new'])}>
              {text.newCase}
            </LinkButton>
          </>
        ) : undefined
      }
    >
      <div className="flex flex-wrap items-end gap-5">
        <div className="w-96 max-w-full">
          <TextInput label={text.find} type="search" value={list.text} onChange={list.setText} />
        </div>
        <div className="pb-2">
          <CheckInput label={text.mine} checked={list.mine} onChange={list.setMine} />
        </div>
      </div>
      <Failure error={list.error} onRetry={() => void list.load()} />
      {list.answer ? <ListTabs list={list} canSeal={can('case.seal')} /> : list.error ? null : <Loading />}
      {isIssuing ? <IssueFormDialog onClose={() => setIssuing(false)} /> : null}
    </Page>
  )
}

function ListTabs({ list, canSeal }: { readonly list: CaseListState; readonly canSeal: boolean }) {
  const counts = list.answer?.counts ?? {}
  const states = CaseState.options.filter(
    (state) => ALWAYS.includes(state) || state === list.tab || (counts[state] ?? 0) > 0,
  )
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0)
  const content = <ListBody list={list} canSeal={canSeal} />
  const items: readonly TabItem[] = [
    { id: 'all', label: text.all, count: total, content },
    ...states.map((state) => ({
      id: state,
      label: caseStateLabel[state],
      count: counts[state] ?? 0,
      content,
    })),
  ]
  return (
    <Tabs
      label={text.title}
      items={items}
      selected={list.tab}
      onSelect={(id) => replaceRoute(hrefOf(['cases'], { state: id === 'all' ? undefined : id }))}
    />
  )
}

function ListBody({ list, canSeal }: { readonly list: CaseListState; readonly canSeal: boolean }) {
  const [isSealing, setSealing] = useState(false)
  const rows = list.answer?.rows ?? []
  if (rows.length === 0)
    return <Empty>{list.text === '' && list.tab === 'all' && !list.mine ? text.emptyAll : text.empty}</Empty>
  return (
    <div className="flex flex-col gap-3">
      {canSeal ? (
        <div className="flex min-h-10 flex-wrap items-center gap-3">
          <Button look="primary" isDisabled={list.selected.size === 0} onPress={() => setSealing(true)}>
            {text.sealSelected(list.selected.size)}
          </Button>
          {list.selected.size > 0 ? (
            <Button look="quiet" onPress={() => list.select(new Set())}>
              {text.clearSelection}
            </Button>
          ) : (
            <span className="text-[0.9375rem] text-solid-gray-700">{uiText.selectHint}</span>
          )}
        </div>
      ) : null}
      <DataTable
        caption={text.caption}
        columns={COLUMNS}
        rows={rows}
        keyOf={(row) => row.id}
        nameOf={(row) => row.title}
        selection={canSeal ? { selected: list.selected, onChange: list.select } : undefined}
      />
      <Pager offset={list.offset} limit={PAGE_SIZE} total={list.answer?.total ?? 0} onMove={list.setOffset} />
      {isSealing ? (
        <BulkSealDialog
          caseIds={rows.filter((row) => list.selected.has(row.id)).map((row) => row.id)}
          onClose={() => {
            setSealing(false)
            list.select(new Set())
          }}
        />
      ) : null}
    </div>
  )
}
