import { useState } from 'react'
import type { CaseSigner } from '../../../../shared/model/signer.ts'
import { useSession } from '../../../bridge/session.tsx'
import { formatTimeBoth } from '../../../i18n/format.ts'
import { confirmedByLabel, sideLabel, signatureTypeLabel, signerStateLabel } from '../../../i18n/ja/labels.ts'
import { signersText as text } from '../../../i18n/ja/signers.ts'
import { Button } from '../../../ui/button.tsx'
import { Notice } from '../../../ui/notice.tsx'
import { Empty, type Fact, Facts } from '../../../ui/page.tsx'
import { Tag, type Tone } from '../../../ui/tag.tsx'
import { ArrivalCheck } from './arrival-check.tsx'
import { type SignerAction, SignerActionDialog } from './signer-actions.tsx'
import { isMailNeeded } from './signer-draft.ts'
import { SignersEditor } from './signers-editor.tsx'
import type { CaseView } from './use-case.ts'

type Props = { readonly view: CaseView; readonly canWrite: boolean; readonly reload: () => void }

const TONES: Readonly<Record<CaseSigner['state'], Tone>> = {
  waiting: 'grey',
  queued: 'grey',
  requested: 'blue',
  viewed: 'blue',
  consented: 'blue',
  signed: 'green',
  declined: 'red',
  lapsed: 'red',
  locked: 'red',
}

/** Who signs, in which order, and where each of them stands. */
export function SignersTab({ view, canWrite, reload }: Props) {
  const [isEditing, setEditing] = useState(view.signers.length === 0)
  if (canWrite && isEditing)
    return (
      <SignersEditor
        view={view}
        onDone={() => {
          setEditing(false)
          reload()
        }}
      />
    )
  const signers = [...view.signers].sort((left, right) => left.fields.step - right.fields.step)
  return (
    <div className="flex flex-col gap-4">
      {canWrite ? (
        <div>
          <Button onPress={() => setEditing(true)}>{text.edit}</Button>
        </div>
      ) : null}
      {signers.length === 0 ? (
        <Empty>{text.empty}</Empty>
      ) : (
        <ol aria-label={text.list} className="flex flex-col gap-4">
          {signers.map((signer) => (
            <SignerCard key={signer.id} signer={signer} view={view} reload={reload} />
          ))}
        </ol>
      )}
    </div>
  )
}

/** What can be done for a signer now. */
export function actionsFor(signer: CaseSigner, caseState: string): readonly SignerAction[] {
  // A lapsed or declined case goes on as soon as its signer is asked again.
  if (!['signing', 'lapsed', 'declined'].includes(caseState)) return []
  switch (signer.state) {
    case 'queued':
      return signer.problem === 'MAIL_RETURNED' ? ['correct', 'remind'] : ['correct']
    case 'requested':
    case 'viewed':
      return ['remind', 'correct', 'extend']
    case 'lapsed':
      return ['extend', 'correct']
    case 'locked':
      return ['unlock', 'correct']
    case 'waiting':
    case 'consented':
    case 'signed':
      return []
    case 'declined':
      return ['correct']
  }
}

function SignerCard(props: {
  readonly signer: CaseSigner
  readonly view: CaseView
  readonly reload: () => void
}) {
  const { signer, view } = props
  const { can } = useSession()
  const [action, setAction] = useState<SignerAction | undefined>(undefined)
  const { fields } = signer
  const actions = can('case.send') ? actionsFor(signer, view.detail.state) : []
  const canCheck =
    can('case.send') && isMailNeeded(fields) && ['draft', 'approval', 'approved'].includes(view.detail.state)
  return (
    <li className="flex flex-col gap-3 rounded-8 border border-solid-gray-420 px-4 py-3">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <span className="text-[0.875rem] text-solid-gray-700">{text.step(fields.step)}</span>
        <b className="text-[1.0625rem]">
          {[fields.company, fields.position, fields.name].filter(Boolean).join(' ')}
        </b>
        <Tag tone={TONES[signer.state]}>{signerStateLabel[signer.state]}</Tag>
        <span className="text-[0.875rem] text-solid-gray-700">
          {sideLabel[fields.side]}・{signatureTypeLabel[fields.signatureType]}
        </span>
      </div>
      {signer.declineReason === null ? null : (
        <Notice severity="stop">
          <b>{text.declineReason}</b>
          <span className="block">{signer.declineReason}</span>
        </Notice>
      )}
      {signer.problem === null ? null : (
        <Notice severity="warn">
          {text.problem(signer.problem, fields.side === 'town' && fields.signatureType === 'party')}
        </Notice>
      )}
      <Facts items={signerFacts(signer)} />
      {canCheck ? (
        <ArrivalCheck
          signer={signer}
          check={view.arrivalChecks.find(({ signerId }) => signerId === signer.id)}
          reload={props.reload}
        />
      ) : null}
      {actions.length > 0 ? (
        <div className="flex flex-wrap gap-2">
          {actions.map((name) => (
            <Button key={name} size="small" onPress={() => setAction(name)}>
              {text[name]}
            </Button>
          ))}
        </div>
      ) : null}
      {signer.consent ? <ConsentFacts consent={signer.consent} /> : null}
      {action ? (
        <SignerActionDialog
          action={action}
          signer={signer}
          onClose={() => setAction(undefined)}
          reload={props.reload}
        />
      ) : null}
    </li>
  )
}

function signerFacts({ fields, ...signer }: CaseSigner): readonly Fact[] {
  const moments = [
    { name: text.requestedAt, at: signer.requestedAt },
    { name: text.viewedAt, at: signer.viewedAt },
    { name: text.signedAt, at: signer.signedAt },
    { name: text.until, at: signer.state === 'signed' ? null : signer.deadline },
  ]
  return [
    ...(fields.mailAddress === ''
      ? []
      : [
          {
            name: text.mail,
            value: (
              <>
                <span className="break-all">{fields.mailAddress}</span>
                <span className="ml-3 text-[0.875rem] text-solid-gray-700">
                  {[confirmedByLabel[fields.addressConfirmedBy], fields.hasAccessCode ? text.hasCode : '']
                    .filter(Boolean)
                    .join('・')}
                </span>
              </>
            ),
          },
        ]),
    ...(fields.contactMailAddress === ''
      ? []
      : [{ name: text.contact, value: `${fields.contactName} ${fields.contactMailAddress}` }]),
    ...(fields.allowedNetworks.length === 0
      ? []
      : [{ name: text.networks, value: fields.allowedNetworks.join('、') }]),
    ...moments.flatMap(({ name, at }) => (at === null ? [] : [{ name, value: formatTimeBoth(at) }])),
  ]
}

function ConsentFacts({ consent }: { readonly consent: NonNullable<CaseSigner['consent']> }) {
  return (
    <details>
      <summary className="text-blue-900 underline">{text.consentTitle}</summary>
      <div className="pt-2">
        <Facts
          items={[
            { name: text.consentAt, value: formatTimeBoth(consent.consentedAt) },
            { name: text.statement, value: consent.statement },
            ...consent.documents.map((document) => ({
              name: document.title,
              value: <span className="font-mono text-[0.8125rem] break-all">{document.sha256}</span>,
            })),
            { name: text.ip, value: consent.ipAddress },
            { name: text.agent, value: consent.userAgent },
          ]}
        />
      </div>
    </details>
  )
}
