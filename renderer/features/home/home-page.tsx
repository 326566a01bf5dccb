import { CaseState } from '../../../shared/model/case.ts'
import { useOfficeBridge } from '../../bridge/office-bridge.ts'
import { useSession } from '../../bridge/session.tsx'
import { useQuery } from '../../bridge/use-query.ts'
import { casesText } from '../../i18n/ja/cases.ts'
import { homeText } from '../../i18n/ja/home.ts'
import { caseStateLabel } from '../../i18n/ja/labels.ts'
import { noticeSentence, pathOfNotice } from '../../i18n/ja/notices.ts'
import { signerProblemSentence } from '../../i18n/ja/signer-problem.ts'
import { LinkButton } from '../../ui/button.tsx'
import { CaseStateTag, CaseWaiting } from '../../ui/case-state.tsx'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { Failure } from '../../ui/failure.tsx'
import { Notice } from '../../ui/notice.tsx'
import { Empty, Loading, Page, Section } from '../../ui/page.tsx'
import { hrefOf } from '../../ui/router.ts'
import { TimeCell } from '../../ui/when.tsx'

function useOverview() {
  const { client } = useOfficeBridge()
  return useQuery('overview', () => client.cases.overview({}), [
    'case-changed',
    'mail-changed',
    'settings-changed',
  ])
}
type Overview = NonNullable<ReturnType<typeof useOverview>['data']>
type Row = Overview['deadlines'][number]
type Todo = Overview['todo'][number]

const COLUMNS: readonly Column<Row>[] = [
  {
    name: casesText.columns.title,
    cell: (row) => (
      <>
        <a className="font-bold text-blue-900 underline" href={hrefOf(['cases', row.id])}>
          {row.title}
        </a>
        <span className="block text-[0.8125rem] text-solid-gray-700">{row.counterpartyNames.join('、')}</span>
      </>
    ),
  },
  {
    name: casesText.columns.state,
    narrow: true,
    cell: (row) => (
      <>
        <CaseStateTag state={row.state} />
        <span className="block text-[0.875rem]">
          <CaseWaiting waitingFor={row.waitingFor} />
        </span>
      </>
    ),
  },
]
/** What keeps a case waiting stands beside it, with the way to where it is mended. */
const TODO: readonly Column<Todo>[] = [
  ...COLUMNS,
  {
    name: homeText.problem,
    wide: true,
    cell: (row) =>
      row.problem === null ? (
        ''
      ) : (
        <>
          {signerProblemSentence(row.problem, row.waitingFor === 'town-signature')}{' '}
          <a className="text-blue-900 underline" href={hrefOf(['cases', row.id], { tab: 'signers' })}>
            {homeText.toSigners}
          </a>
        </>
      ),
  },
]
const WITH_DEADLINE: readonly Column<Row>[] = [
  ...COLUMNS,
  { name: homeText.deadline, narrow: true, cell: (row) => <TimeCell at={row.nextDeadline} /> },
]

/** ホーム: what needs this person today. */
export function HomePage() {
  const { status, can } = useSession()
  const { data, error, reload } = useOverview()
  return (
    <Page
      title={homeText.title}
      lead={homeText.lead(status.user?.displayName ?? '')}
      actions={
        can('case.write') ? (
          <LinkButton look="primary" href={hrefOf(['cases', 'new'])}>
            {homeText.newCase}
          </LinkButton>
        ) : undefined
      }
    >
      <Failure error={error} onRetry={reload} />
      {data ? <OverviewBody data={data} /> : error ? null : <Loading />}
    </Page>
  )
}

function OverviewBody({ data }: { readonly data: Overview }) {
  return (
    <div className="flex flex-col gap-7">
      {data.notices.length > 0 ? (
        <section aria-label={homeText.notices} className="flex flex-col gap-2">
          {data.notices.map((notice) => {
            const path = pathOfNotice(notice.code)
            return (
              <Notice
                key={`${notice.code}${JSON.stringify(notice.data)}`}
                severity={notice.severity}
                action={
                  path ? (
                    <LinkButton size="small" href={hrefOf(path)}>
                      {homeText.open}
                    </LinkButton>
                  ) : undefined
                }
              >
                {noticeSentence(notice)}
              </Notice>
            )
          })}
        </section>
      ) : null}
      <Section title={homeText.todo}>
        {data.todo.length === 0 ? (
          <Empty>{homeText.nothing}</Empty>
        ) : (
          <DataTable caption={homeText.todo} columns={TODO} rows={data.todo} keyOf={(row) => row.id} />
        )}
      </Section>
      <Section title={homeText.deadlines}>
        {data.deadlines.length === 0 ? (
          <Empty>{homeText.noDeadlines}</Empty>
        ) : (
          <DataTable
            caption={homeText.deadlines}
            columns={WITH_DEADLINE}
            rows={data.deadlines}
            keyOf={(row) => row.id}
          />
        )}
      </Section>
      <Section title={homeText.counts}>
        <ul className="flex flex-wrap gap-3">
          {CaseState.options
            .filter((state) => (data.counts[state] ?? 0) > 0)
            .map((state) => (
              <li key={state}>
                <a
                  href={hrefOf(['cases'], { state })}
                  className="flex items-baseline gap-2 rounded-8 border border-solid-gray-420 px-4 py-2 no-underline hover:bg-blue-50"
                >
                  <span>{caseStateLabel[state]}</span>
                  <span className="text-[1.25rem] font-bold tabular-nums">{data.counts[state]}</span>
                </a>
              </li>
            ))}
        </ul>
      </Section>
    </div>
  )
}
