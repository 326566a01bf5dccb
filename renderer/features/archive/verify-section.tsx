import { useState } from 'react'
import type { IsoDate } from '../../../shared/model/brand.ts'
import { useOfficeBridge } from '../../bridge/office-bridge.ts'
import { useAction } from '../../bridge/use-action.ts'
import { useQuery } from '../../bridge/use-query.ts'
import { formatTimeBoth } from '../../i18n/format.ts'
import { archiveText } from '../../i18n/ja/archive.ts'
import { uiText } from '../../i18n/ja/ui.ts'
import { Button } from '../../ui/button.tsx'
import { DateInput } from '../../ui/date-input.tsx'
import { Failure } from '../../ui/failure.tsx'
import { Notice } from '../../ui/notice.tsx'
import { Section } from '../../ui/page.tsx'
import { TaskOutcome } from './task-outcome.tsx'
import { useTaskResult } from './use-task-result.ts'

const text = archiveText.verify

/** 一括検証 of a span, and whether all evidence outlives its retention. */
export function VerifySection() {
  const { client } = useOfficeBridge()
  const [dateFrom, setFrom] = useState<IsoDate | null>(null)
  const [dateTo, setTo] = useState<IsoDate | null>(null)
  const [taskId, setTaskId] = useState<string | undefined>(undefined)
  const [start, action] = useAction(client.archive.verifySpan)
  const result = useTaskResult(taskId)
  return (
    <div className="flex max-w-5xl flex-col gap-7 px-6 py-5">
      <EvidenceStatement />
      <Section title={archiveText.sections.verify} lead={text.lead}>
        <div className="flex flex-wrap items-start gap-5">
          <div className="w-56">
            <DateInput label={archiveText.search.from} value={dateFrom} onChange={setFrom} />
          </div>
          <div className="w-56">
            <DateInput label={archiveText.search.to} value={dateTo} onChange={setTo} />
          </div>
          <div className="pt-7">
            <Button
              look="primary"
              isDisabled={action.pending || (taskId !== undefined && result?.done !== true)}
              onPress={() => void start({ dateFrom, dateTo }).then((task) => setTaskId(task?.taskId))}
            >
              {action.pending ? uiText.working : text.start}
            </Button>
          </div>
        </div>
        <Failure error={action.error} />
        {taskId === undefined ? null : <TaskOutcome result={result} fileName={text.reportName} />}
      </Section>
    </div>
  )
}

function EvidenceStatement() {
  const { client } = useOfficeBridge()
  const { data, error, reload } = useQuery('evidence', () => client.archive.evidence({}), ['case-changed'])
  return (
    <Section title={text.evidence}>
      <Failure error={error} onRetry={reload} />
      {data ? (
        <Notice severity={data.lapsing === 0 ? 'done' : 'stop'}>
          {data.lapsing === 0 ? text.evidenceOk(data.files) : text.evidenceLapsing(data.lapsing)}
          <span className="block text-[0.9375rem]">
            {data.nextRenewalAt === null
              ? text.noRenewal
              : text.nextRenewal(formatTimeBoth(data.nextRenewalAt))}
          </span>
        </Notice>
      ) : null}
    </Section>
  )
}
