import type { LapsingEvidence } from '../../../shared/bridge/archive.ts'
import { useOfficeBridge } from '../../bridge/office-bridge.ts'
import { useQuery } from '../../bridge/use-query.ts'
import { formatTimeBoth } from '../../i18n/format.ts'
import { archiveText } from '../../i18n/ja/archive.ts'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { Failure } from '../../ui/failure.tsx'
import { Notice } from '../../ui/notice.tsx'
import { Section } from '../../ui/page.tsx'
import { hrefOf } from '../../ui/router.ts'
import { DayCell, TimeCell } from '../../ui/when.tsx'

const text = archiveText.verify

const COLUMNS: readonly Column<LapsingEvidence>[] = [
  {
    name: text.file,
    wide: true,
    cell: (row) => (
      <a
        className="text-blue-900 underline"
        href={hrefOf(['cases', row.caseId, 'documents', row.documentId])}
      >
        {row.caseTitle}
        <span className="block text-[0.8125rem]">{row.title}</span>
      </a>
    ),
  },
  {
    name: text.until,
    narrow: true,
    cell: (row) => (row.until === null ? text.noUntil : <TimeCell at={row.until} />),
  },
  {
    name: text.retention,
    narrow: true,
    cell: (row) => (row.retentionEndsOn === null ? text.noRetention : <DayCell date={row.retentionEndsOn} />),
  },
  {
    name: text.next,
    wide: true,
    cell: (row) => {
      const reason = text.reasons[row.reason]
      return (
        <>
          {reason.text}
          <a className="block text-blue-900 underline" href={hrefOf([...reason.href])}>
            {reason.link}
          </a>
        </>
      )
    },
  },
]

/** L24: whether all evidence outlives its retention; if not, which does not, and what to do. */
export function EvidenceStatement() {
  const { client } = useOfficeBridge()
  const { data, error, reload } = useQuery('evidence', () => client.archive.evidence({}), [
    'case-changed',
    'settings-changed',
  ])
  return (
    <Section title={text.evidence}>
      <Failure error={error} onRetry={reload} />
      {data === undefined ? null : (
        <>
          <Notice severity={data.lapsing === 0 ? 'done' : 'stop'}>
            {data.lapsing === 0 ? text.evidenceOk(data.files) : text.evidenceLapsing(data.lapsing)}
            <span className="block text-[0.9375rem]">
              {data.nextRenewalAt === null
                ? text.noRenewal
                : text.nextRenewal(formatTimeBoth(data.nextRenewalAt))}
            </span>
          </Notice>
          {data.rows.length > 0 ? (
            <DataTable
              caption={text.lapsingCaption}
              columns={COLUMNS}
              rows={data.rows}
              keyOf={(row) => row.documentId}
            />
          ) : null}
          {data.lapsing > data.rows.length ? (
            <p className="text-[0.9375rem]">
              {data.rows.length > 0 ? text.lapsingFirst(data.rows.length) : text.lapsingHidden}
            </p>
          ) : null}
        </>
      )}
    </Section>
  )
}
