import { useState } from 'react'
import type { IsoDate } from '../../../shared/model/brand.ts'
import { useOfficeBridge } from '../../bridge/office-bridge.ts'
import { useAction } from '../../bridge/use-action.ts'
import { archiveText } from '../../i18n/ja/archive.ts'
import { uiText } from '../../i18n/ja/ui.ts'
import { Button } from '../../ui/button.tsx'
import { DateInput } from '../../ui/date-input.tsx'
import { Failure } from '../../ui/failure.tsx'
import { Section } from '../../ui/page.tsx'
import { EvidenceStatement } from './evidence-statement.tsx'
import { useOutcomes } from './outcomes-section.tsx'
import { TaskOutcome } from './task-outcome.tsx'

const text = archiveText.verify

/** 一括検証 of a span, and whether all evidence outlives its retention. */
export function VerifySection() {
  const { client } = useOfficeBridge()
  const [dateFrom, setFrom] = useState<IsoDate | null>(null)
  const [dateTo, setTo] = useState<IsoDate | null>(null)
  const [start, action] = useAction(client.archive.verifySpan)
  const outcomes = useOutcomes()
  // The newest run, also one that was started before this page was left.
  const newest = outcomes.data?.rows.find((row) => row.kind === 'verify-span')
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
              isDisabled={action.pending || newest?.state === 'running'}
              onPress={() => void start({ dateFrom, dateTo }).then(outcomes.reload)}
            >
              {action.pending ? uiText.working : text.start}
            </Button>
          </div>
        </div>
        <Failure error={action.error ?? outcomes.error} />
        {newest === undefined ? null : (
          <>
            <h3 className="font-bold">{archiveText.outcomes.showing(newest.about)}</h3>
            <TaskOutcome key={newest.taskId} taskId={newest.taskId} />
          </>
        )}
      </Section>
    </div>
  )
}
