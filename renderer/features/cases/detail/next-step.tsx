import { type ReactNode, useState } from 'react'
import { useOfficeBridge } from '../../../bridge/office-bridge.ts'
import { type SessionView, useSession } from '../../../bridge/session.tsx'
import { useAction } from '../../../bridge/use-action.ts'
import { detailText, nextSentence } from '../../../i18n/ja/detail.ts'
import { Button, LinkButton } from '../../../ui/button.tsx'
import { Failure } from '../../../ui/failure.tsx'
import { hrefOf } from '../../../ui/router.ts'
import { useToast } from '../../../ui/toast.tsx'
import { BulkSealDialog } from '../list/bulk-seal-dialog.tsx'
import { DecideDialog, RequestApprovalDialog } from './approval-dialogs.tsx'
import { CaseActionDialog } from './case-actions.tsx'
import { SendDialog } from './send-dialog.tsx'
import type { CaseView } from './use-case.ts'

export type NextKind =
  | 'documents'
  | 'signers'
  | 'fields'
  | 'request'
  | 'decide'
  | 'send'
  | 'seal'
  | 'retry'
  | 'decide-stop'
  | 'none'

/** The one thing this person can do to move the case on; none when it is somebody else's turn. */
export function nextKindOf(view: CaseView, can: SessionView['can']): NextKind {
  const { state, waitingFor } = view.detail
  if (state === 'draft') {
    if (!can('case.write')) return 'none'
    if (waitingFor === 'documents' || waitingFor === 'signers' || waitingFor === 'fields') return waitingFor
    return 'request'
  }
  if (state === 'approval') return can('case.approve') ? 'decide' : 'none'
  if (state === 'approved') return can('case.send') ? 'send' : 'none'
  if (state === 'signing' && waitingFor === 'town-signature') return can('case.seal') ? 'seal' : 'none'
  if (state === 'signing' && waitingFor === 'sealing') return can('case.send') ? 'retry' : 'none'
  if (waitingFor === 'clerk') return can('case.write') ? 'decide-stop' : 'none'
  return 'none'
}

function sentenceFor(view: CaseView, kind: NextKind): string {
  const { state, waitingFor } = view.detail
  const key = kind === 'decide' ? 'decide' : state === 'approval' ? 'approval-waiting' : waitingFor
  return nextSentence[key] ?? ''
}

export function NextStep(props: {
  readonly view: CaseView
  readonly goTo: (tab: string) => void
  readonly reload: () => void
}) {
  const { view } = props
  const { can } = useSession()
  const kind = nextKindOf(view, can)
  // The dialog stays when its work moves the case on: its outcome is still to be read.
  const [opened, setOpened] = useState<NextKind>('none')
  const open = () => setOpened(kind)
  const close = () => {
    setOpened('none')
    props.reload()
  }
  const first = view.documents.find((document) => document.role === 'sign')
  const button: Readonly<Record<NextKind, ReactNode>> = {
    documents: <Step onPress={() => props.goTo('documents')}>{detailText.importDocuments}</Step>,
    signers: <Step onPress={() => props.goTo('signers')}>{detailText.registerSigners}</Step>,
    fields: first ? (
      <LinkButton
        look="primary"
        href={hrefOf(['cases', view.detail.id, 'documents', first.id], { mode: 'fields' })}
      >
        {detailText.placeFields}
      </LinkButton>
    ) : null,
    request: <Step onPress={open}>{detailText.approval.request}</Step>,
    decide: <Step onPress={open}>{detailText.approval.decide}</Step>,
    send: <Step onPress={open}>{detailText.send.button}</Step>,
    seal: <Step onPress={open}>{detailText.seal.button}</Step>,
    retry: <RetrySeal view={view} reload={props.reload} />,
    'decide-stop': (
      <>
        <Button onPress={() => props.goTo('signers')}>{detailText.seeWhy}</Button>
        <Step onPress={open}>{detailText.actions.reopen}</Step>
      </>
    ),
    none: null,
  }
  return (
    <section
      aria-label={detailText.next}
      className="flex flex-wrap items-center gap-x-5 gap-y-2 rounded-8 border border-blue-300 bg-blue-50 px-4 py-3"
    >
      <div className="min-w-0 flex-1 basis-72">
        <h2 className="text-[0.875rem] font-bold text-blue-1000">{detailText.next}</h2>
        <p>{sentenceFor(view, kind)}</p>
      </div>
      {button[kind]}
      {opened === 'request' ? <RequestApprovalDialog view={view} onClose={close} /> : null}
      {opened === 'decide' ? <DecideDialog view={view} onClose={close} /> : null}
      {opened === 'send' ? <SendDialog view={view} onClose={close} /> : null}
      {opened === 'seal' ? <BulkSealDialog caseIds={[view.detail.id]} onClose={close} /> : null}
      {opened === 'decide-stop' ? (
        <CaseActionDialog kind="reopen" view={view} onClose={close} reload={props.reload} />
      ) : null}
    </section>
  )
}

function Step(props: { readonly onPress: () => void; readonly children: ReactNode }) {
  return (
    <Button look="primary" onPress={props.onPress}>
      {props.children}
    </Button>
  )
}

function RetrySeal(props: { readonly view: CaseView; readonly reload: () => void }) {
  const { client } = useOfficeBridge()
  const toast = useToast()
  const [retry, action] = useAction(client.seal.retry)
  const start = async () => {
    if ((await retry({ caseId: props.view.detail.id })) === undefined) return
    toast(detailText.seal.retried)
    props.reload()
  }
  return (
    <>
      <Button isDisabled={action.pending} onPress={() => void start()}>
        {detailText.seal.retry}
      </Button>
      <Failure error={action.error} />
    </>
  )
}
