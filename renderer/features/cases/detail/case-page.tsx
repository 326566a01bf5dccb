import { useState } from 'react'
import type { CaseId } from '../../../../shared/model/brand.ts'
import { useSession } from '../../../bridge/session.tsx'
import { casesText } from '../../../i18n/ja/cases.ts'
import { detailText } from '../../../i18n/ja/detail.ts'
import { kindLabel, waitingLabel } from '../../../i18n/ja/labels.ts'
import { Button } from '../../../ui/button.tsx'
import { CaseStateTag } from '../../../ui/case-state.tsx'
import { Failure } from '../../../ui/failure.tsx'
import { Loading, Page } from '../../../ui/page.tsx'
import { hrefOf, replaceRoute, useRoute } from '../../../ui/router.ts'
import { type TabItem, Tabs } from '../../../ui/tabs.tsx'
import { Tag } from '../../../ui/tag.tsx'
import { CaseActions } from './case-actions.tsx'
import { DocumentsTab } from './documents-tab.tsx'
import { EditCaseDialog } from './edit-case-dialog.tsx'
import { HistoryTab } from './history-tab.tsx'
import { NextStep } from './next-step.tsx'
import { OverviewTab } from './overview-tab.tsx'
import { ProgressTab } from './progress-tab.tsx'
import { SignersTab } from './signers-tab.tsx'
import { type CaseView, useCase } from './use-case.ts'

const text = detailText

/** 案件詳細: the state in words, one next step, everything else in tabs. */
export function CasePage({ caseId }: { readonly caseId: CaseId }) {
  const { data, error, reload } = useCase(caseId)
  if (data === undefined)
    return (
      <Page title={casesText.list.title} back={{ href: hrefOf(['cases']), label: casesText.list.title }}>
        {error ? <Failure error={error} onRetry={reload} /> : <Loading />}
      </Page>
    )
  return <LoadedCase view={data} reload={reload} />
}

function LoadedCase({ view, reload }: { readonly view: CaseView; readonly reload: () => void }) {
  const { can } = useSession()
  const { query } = useRoute()
  const [isEditing, setEditing] = useState(false)
  const { detail } = view
  const canWrite = can('case.write')
  const goTo = (tab: string) => replaceRoute(hrefOf(['cases', detail.id], { tab }))
  const items: readonly TabItem[] = [
    { id: 'overview', label: text.tabs.overview, content: <OverviewTab view={view} /> },
    {
      id: 'documents',
      label: text.tabs.documents,
      count: view.documents.length,
      content: <DocumentsTab view={view} canWrite={canWrite && detail.state === 'draft'} reload={reload} />,
    },
    {
      id: 'signers',
      label: text.tabs.signers,
      count: view.signers.length,
      content: <SignersTab view={view} canWrite={canWrite && detail.state === 'draft'} reload={reload} />,
    },
    { id: 'progress', label: text.tabs.progress, content: <ProgressTab caseId={detail.id} /> },
    { id: 'history', label: text.tabs.history, content: <HistoryTab caseId={detail.id} /> },
  ]
  const asked = query.get('tab') ?? 'overview'
  return (
    <Page
      title={detail.title}
      back={{ href: hrefOf(['cases']), label: casesText.list.title }}
      lead={
        <span className="flex flex-wrap items-center gap-x-3 gap-y-1 text-solid-gray-900">
          <CaseStateTag state={detail.state} />
          {detail.state === 'approval' ? null : <span>{waitingLabel[detail.waitingFor]}</span>}
          <span className="text-solid-gray-700">
            {[detail.contractNumber, kindLabel[detail.kind], detail.department].filter(Boolean).join('　')}
          </span>
          {detail.sample ? <Tag tone="yellow">{text.test}</Tag> : null}
        </span>
      }
      actions={
        canWrite ? (
          <>
            <Button onPress={() => setEditing(true)}>{text.edit}</Button>
            <CaseActions view={view} reload={reload} />
          </>
        ) : undefined
      }
    >
      <NextStep view={view} goTo={goTo} reload={reload} />
      <Tabs
        label={detail.title}
        items={items}
        selected={items.some((item) => item.id === asked) ? asked : 'overview'}
        onSelect={goTo}
      />
      {isEditing ? <EditCaseDialog view={view} onClose={() => setEditing(false)} onSaved={reload} /> : null}
    </Page>
  )
}
