import { useState } from 'react'
import { useOfficeBridge } from '../../../bridge/office-bridge.ts'
import { useAction } from '../../../bridge/use-action.ts'
import { casesText } from '../../../i18n/ja/cases.ts'
import { detailText } from '../../../i18n/ja/detail.ts'
import { uiText } from '../../../i18n/ja/ui.ts'
import { ConfirmDialog } from '../../../ui/dialog.tsx'
import { Failure } from '../../../ui/failure.tsx'
import { focusFirstProblem } from '../../../ui/focus-problem.ts'
import { TextAreaInput } from '../../../ui/text-input.tsx'
import { useToast } from '../../../ui/toast.tsx'
import { CaseForm } from '../form/case-form.tsx'
import { draftProblems, EMPTY_PARTY, fieldsOf } from '../form/case-form-model.ts'
import { useTownFacts } from '../form/use-town-facts.ts'
import type { CaseView } from './use-case.ts'

const text = casesText.form

/** The whole form again; once the case has left 作成中 a reason is demanded. */
export function EditCaseDialog(props: {
  readonly view: CaseView
  readonly onClose: () => void
  readonly onSaved: () => void
}) {
  const { client } = useOfficeBridge()
  const toast = useToast()
  const departments = useTownFacts()?.departments ?? []
  const { detail } = props.view
  const [draft, setDraft] = useState({
    ...detail.fields,
    counterparties: detail.fields.counterparties.length > 0 ? detail.fields.counterparties : [EMPTY_PARTY],
  })
  const [why, setWhy] = useState('')
  const [tried, setTried] = useState(false)
  const [save, action] = useAction(client.cases.update)
  const problems = draftProblems(draft)
  const whyMissing = detail.state !== 'draft' && why.trim() === ''
  const confirm = async () => {
    setTried(true)
    if (problems.count > 0 || whyMissing) return focusFirstProblem()
    const saved = await save({
      caseId: detail.id,
      rowVersion: detail.rowVersion,
      fields: fieldsOf(draft),
      why: why.trim(),
    })
    if (saved === undefined) return
    toast(detailText.actions.done)
    props.onSaved()
    props.onClose()
  }
  return (
    <ConfirmDialog
      title={detailText.edit}
      isOpen
      wide
      onClose={props.onClose}
      confirmLabel={text.save}
      onConfirm={() => void confirm()}
      pending={action.pending}
      error={<Failure error={action.error} />}
    >
      <CaseForm
        draft={draft}
        onChange={setDraft}
        problems={tried ? problems : undefined}
        departments={departments}
        parent={props.view.chain.find((member) => member.id === draft.parentCaseId)}
        caseId={detail.id}
      />
      {detail.state === 'draft' ? null : (
        <TextAreaInput
          label={uiText.why}
          hint={text.whyLead}
          required
          value={why}
          error={tried && whyMissing ? text.empty : undefined}
          onChange={setWhy}
          maxLength={1000}
        />
      )}
    </ConfirmDialog>
  )
}
