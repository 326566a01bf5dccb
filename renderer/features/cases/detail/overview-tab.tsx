import { useState } from 'react'
import { useOfficeBridge } from '../../../bridge/office-bridge.ts'
import { useSession } from '../../../bridge/session.tsx'
import { useAction } from '../../../bridge/use-action.ts'
import { formatDay, formatTimeBoth, formatYen } from '../../../i18n/format.ts'
import { detailText } from '../../../i18n/ja/detail.ts'
import { confidentialityLabel, kindLabel, labelOf, methodLabel, taxLabel } from '../../../i18n/ja/labels.ts'
import { noticeSentence } from '../../../i18n/ja/notices.ts'
import { Button } from '../../../ui/button.tsx'
import { CaseStateTag } from '../../../ui/case-state.tsx'
import { ConfirmDialog } from '../../../ui/dialog.tsx'
import { Failure } from '../../../ui/failure.tsx'
import { Notice } from '../../../ui/notice.tsx'
import { type Fact, Facts, Section } from '../../../ui/page.tsx'
import { hrefOf } from '../../../ui/router.ts'
import { Tag } from '../../../ui/tag.tsx'
import { useToast } from '../../../ui/toast.tsx'
import { DocumentHashes } from './document-hashes.tsx'
import type { CaseView } from './use-case.ts'

const text = detailText
const names = detailText.fields

export function OverviewTab({ view }: { readonly view: CaseView }) {
  const { notices } = view.detail
  return (
    <div className="flex flex-col gap-6">
      {notices.length > 0 ? (
        <section aria-label={text.notices} className="flex flex-col gap-2">
          {notices.map((notice) => (
            <Notice key={`${notice.code}${JSON.stringify(notice.data)}`} severity={notice.severity}>
              {noticeSentence(notice)}
            </Notice>
          ))}
        </section>
      ) : null}
      <div className="grid grid-cols-1 gap-x-8 gap-y-6 lg:grid-cols-2">
        <Section title={text.tabs.overview}>
          <Facts items={contractFacts(view)} />
        </Section>
        <div className="flex flex-col gap-6">
          <Counterparties view={view} />
          {view.chain.length > 0 ? <Chain view={view} /> : null}
          <Approval view={view} />
          {view.evidence || view.download ? <Evidence view={view} /> : null}
        </div>
      </div>
    </div>
  )
}

function contractFacts({ detail, inheritedApplicationDate }: CaseView): readonly Fact[] {
  const { fields } = detail
  const period =
    fields.periodFrom || fields.periodTo
      ? `${formatDay(fields.periodFrom)} 〜 ${formatDay(fields.periodTo)}`
      : '―'
  const retention =
    fields.retentionYears === null
      ? names.defaultYears
      : fields.retentionYears === 0
        ? names.permanent
        : names.years(fields.retentionYears)
  return [
    { name: names.contractNumber, value: fields.contractNumber || '―' },
    { name: names.method, value: methodLabel[fields.method] },
    { name: names.kind, value: kindLabel[fields.kind] },
    { name: names.amount, value: `${formatYen(fields.amount)}（${taxLabel[fields.taxMode]}）` },
    { name: names.contractDate, value: formatDay(fields.contractDate) },
    { name: names.period, value: period },
    { name: names.department, value: fields.department },
    {
      name: names.applicationDate,
      value:
        fields.applicationDate === null && inheritedApplicationDate !== null
          ? names.inherited(formatDay(inheritedApplicationDate))
          : formatDay(fields.applicationDate),
    },
    ...(fields.plannedPrice === null
      ? []
      : [{ name: names.plannedPrice, value: formatYen(fields.plannedPrice) }]),
    ...(fields.councilVoteDate === null
      ? []
      : [{ name: names.councilVoteDate, value: formatDay(fields.councilVoteDate) }]),
    ...(fields.twoFactorRequired ? [{ name: names.twoFactor, value: names.twoFactorOn }] : []),
    { name: names.retention, value: retention },
    { name: names.confidentiality, value: confidentialityLabel[fields.confidentiality] },
    { name: names.completedOn, value: formatDay(fields.completedOn) },
    ...(fields.remarks === '' ? [] : [{ name: names.remarks, value: fields.remarks }]),
    { name: names.updatedAt, value: formatTimeBoth(detail.updatedAt) },
  ]
}

/** 原契約 and 変更契約, with the way to each of them. */
function Chain({ view }: { readonly view: CaseView }) {
  const { fields, id } = view.detail
  return (
    <Section title={text.chain.title}>
      <ol>
        {view.chain.map((member) => (
          <li
            key={member.id}
            aria-current={member.id === id ? 'true' : undefined}
            className="border-b border-solid-gray-200 py-1.5"
          >
            <span className="flex flex-wrap items-center gap-x-3">
              <Tag tone={member.isOriginal ? 'blue' : 'grey'}>
                {member.isOriginal ? text.chain.original : text.chain.amendment}
              </Tag>
              {member.id === id ? (
                <b>{member.title}</b>
              ) : (
                <a className="text-blue-900 underline" href={hrefOf(['cases', member.id])}>
                  {member.title}
                </a>
              )}
              <CaseStateTag state={member.state} />
              {member.id === id ? <span className="text-[0.875rem]">{text.chain.this}</span> : null}
            </span>
            <span className="block text-[0.875rem] text-solid-gray-700">
              {[member.contractNumber, formatDay(member.contractDate), formatYen(member.amount)]
                .filter(Boolean)
                .join('　')}
            </span>
          </li>
        ))}
      </ol>
      {fields.amendmentOnPaper ? <p>{text.chain.onPaper}</p> : null}
    </Section>
  )
}

function Counterparties({ view }: { readonly view: CaseView }) {
  return (
    <Section title={names.counterparty}>
      {view.detail.fields.counterparties.map((party) => (
        <div key={`${party.name}${party.address}`}>
          <p className="font-bold">{party.name}</p>
          <p className="text-[0.9375rem]">
            {[party.address, party.representative].filter(Boolean).join('　')}
          </p>
          {party.corporateNumber ? (
            <p className="text-[0.875rem] text-solid-gray-700">
              {names.corporateNumber} {party.corporateNumber}
            </p>
          ) : null}
        </div>
      ))}
    </Section>
  )
}

function Approval({ view }: { readonly view: CaseView }) {
  const { approval } = view
  return (
    <Section title={text.approval.title}>
      {approval === null ? (
        <p>{text.approval.none}</p>
      ) : (
        <>
          <Facts
            items={[
              {
                name: text.approval.requestedAt,
                value: `${formatTimeBoth(approval.requestedAt)}　${approval.requestedBy}`,
              },
              ...(approval.decidedAt === null
                ? []
                : [
                    {
                      name: text.approval.decidedAt,
                      value: `${formatTimeBoth(approval.decidedAt)}　${approval.decidedBy}`,
                    },
                    { name: text.approval.number, value: approval.decisionNumber || '―' },
                  ]),
              ...(approval.comment === '' ? [] : [{ name: text.approval.comment, value: approval.comment }]),
            ]}
          />
          <DocumentHashes documents={view.documents} />
        </>
      )}
    </Section>
  )
}

function Evidence({ view }: { readonly view: CaseView }) {
  const { client } = useOfficeBridge()
  const { can } = useSession()
  const toast = useToast()
  const [isAsking, setAsking] = useState(false)
  const [reissue, action] = useAction(client.sending.reissueDownload)
  const { evidence, download } = view
  const confirm = async () => {
    if ((await reissue({ caseId: view.detail.id })) === undefined) return
    toast(text.evidence.reissued)
    setAsking(false)
  }
  return (
    <Section title={text.evidence.title}>
      {evidence !== null && evidence.waitsUntil !== null ? (
        <Notice severity="info">
          <b>{text.evidence.waits}</b>
          <span className="block text-[0.9375rem]">{text.evidence.waitsLead}</span>
        </Notice>
      ) : null}
      <Facts
        items={[
          ...(evidence === null
            ? []
            : [
                { name: text.evidence.level, value: labelOf(text.evidence.levels, evidence.level) },
                {
                  name: text.evidence.until,
                  value: evidence.until === null ? '―' : formatTimeBoth(evidence.until),
                },
              ]),
          ...(download === null
            ? []
            : [{ name: text.evidence.download, value: formatTimeBoth(download.until) }]),
        ]}
      />
      {can('case.send') && view.detail.state === 'concluded' ? (
        <div>
          <Button size="small" onPress={() => setAsking(true)}>
            {text.evidence.reissue}
          </Button>
        </div>
      ) : null}
      <ConfirmDialog
        title={text.evidence.reissue}
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        confirmLabel={text.send.confirm}
        onConfirm={() => void confirm()}
        pending={action.pending}
        error={<Failure error={action.error} />}
      >
        <p>{text.evidence.reissueLead}</p>
      </ConfirmDialog>
    </Section>
  )
}
