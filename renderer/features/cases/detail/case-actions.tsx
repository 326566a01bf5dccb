import { useState } from 'react'
import { Button as AriaButton, Menu, MenuItem, MenuTrigger, Popover } from 'react-aria-components'
import { useOfficeBridge } from '../../../bridge/office-bridge.ts'
import { useSession } from '../../../bridge/session.tsx'
import { useAction } from '../../../bridge/use-action.ts'
import { casesText } from '../../../i18n/ja/cases.ts'
import { detailText } from '../../../i18n/ja/detail.ts'
import { buttonClass } from '../../../ui/button.tsx'
import { WhyDialog } from '../../../ui/dialog.tsx'
import { Failure } from '../../../ui/failure.tsx'
import { hrefOf, navigate } from '../../../ui/router.ts'
import { useToast } from '../../../ui/toast.tsx'
import { IssueFormDialog } from '../list/issue-form-dialog.tsx'
import type { CaseView } from './use-case.ts'

const text = detailText.actions
export type CaseActionKind = 'withdraw' | 'paper' | 'reopen' | 'remove'
const LEADS: Readonly<Record<CaseActionKind, string>> = {
  withdraw: text.withdrawLead,
  paper: text.paperLead,
  reopen: text.reopenLead,
  remove: text.removeLead,
}

/** What the state allows besides the next step. */
function kindsFor(view: CaseView, canSend: boolean): readonly CaseActionKind[] {
  const { state } = view.detail
  const sending: readonly CaseActionKind[] = canSend
    ? state === 'signing'
      ? ['withdraw', 'paper']
      : ['paper']
    : []
  if (state === 'draft') return [...sending, 'remove']
  if (state === 'signing') return sending
  if (state === 'approval' || state === 'approved') return ['reopen', ...sending]
  if (state === 'declined' || state === 'lapsed' || state === 'withdrawn')
    return ['reopen', ...sending, 'remove']
  return []
}

export function CaseActions(props: { readonly view: CaseView; readonly reload: () => void }) {
  const { can } = useSession()
  const [kind, setKind] = useState<CaseActionKind | 'form' | undefined>(undefined)
  const kinds = kindsFor(props.view, can('case.send'))
  const canAmend = ['concluded', 'paper'].includes(props.view.detail.state)
  return (
    <>
      <MenuTrigger>
        <AriaButton className={buttonClass('secondary')}>{detailText.more}</AriaButton>
        <Popover
          placement="bottom end"
          className="rounded-8 border border-solid-gray-420 bg-white py-1 shadow-2"
        >
          <Menu
            aria-label={detailText.more}
            onAction={(key) => {
              if (key === 'amend') navigate(hrefOf(['cases', 'new'], { parent: props.view.detail.id }))
              else setKind([...kinds, 'form' as const].find((known) => known === key))
            }}
          >
            {[
              ...(canAmend ? [{ id: 'amend' as const, label: text.amend }] : []),
              ...kinds.map((id) => ({ id, label: text[id] })),
              { id: 'form' as const, label: casesText.list.issueForm },
            ].map(({ id, label }) => (
              <MenuItem key={id} id={id} className="cursor-pointer px-4 py-2 outline-none focus:bg-blue-100">
                {label}
              </MenuItem>
            ))}
          </Menu>
        </Popover>
      </MenuTrigger>
      {kind === 'form' ? (
        <IssueFormDialog title={props.view.detail.title} onClose={() => setKind(undefined)} />
      ) : kind === undefined ? null : (
        <CaseActionDialog
          kind={kind}
          view={props.view}
          onClose={() => setKind(undefined)}
          reload={props.reload}
        />
      )}
    </>
  )
}

/** One of these with its reason, which the history keeps. */
export function CaseActionDialog(props: {
  readonly kind: CaseActionKind
  readonly view: CaseView
  readonly onClose: () => void
  readonly reload: () => void
}) {
  const { client } = useOfficeBridge()
  const toast = useToast()
  const calls = {
    withdraw: client.cases.withdraw,
    paper: client.cases.switchToPaper,
    reopen: client.cases.reopen,
    remove: client.cases.remove,
  }
  const [run, action] = useAction(calls[props.kind])
  const confirm = async (why: string) => {
    if ((await run({ caseId: props.view.detail.id, why })) === undefined) return
    toast(text.done)
    props.onClose()
    if (props.kind === 'remove') navigate(hrefOf(['cases']))
    else props.reload()
  }
  return (
    <WhyDialog
      title={text[props.kind]}
      isOpen
      danger={props.kind !== 'reopen'}
      onClose={props.onClose}
      confirmLabel={text[props.kind]}
      onConfirm={(why) => void confirm(why)}
      pending={action.pending}
      error={<Failure error={action.error} />}
    >
      <p>{LEADS[props.kind]}</p>
    </WhyDialog>
  )
}
