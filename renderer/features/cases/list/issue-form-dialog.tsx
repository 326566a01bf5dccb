import { useState } from 'react'
import { useOfficeBridge } from '../../../bridge/office-bridge.ts'
import { useAction } from '../../../bridge/use-action.ts'
import { casesText } from '../../../i18n/ja/cases.ts'
import { ConfirmDialog } from '../../../ui/dialog.tsx'
import { Failure } from '../../../ui/failure.tsx'
import { saveFile } from '../../../ui/save-file.ts'
import { TextInput } from '../../../ui/text-input.tsx'

const text = casesText.issue

/** 様式第1 as a fillable PDF, with the title filled in when it is known. */
export function IssueFormDialog(props: { readonly title?: string; readonly onClose: () => void }) {
  const { client, fileUrl } = useOfficeBridge()
  const [title, setTitle] = useState(props.title ?? '')
  const [issue, action] = useAction(client.cases.issueApplicationForm)
  const confirm = async () => {
    const form = await issue({ title })
    if (form === undefined) return
    saveFile(fileUrl(form.ticket), text.fileName)
    props.onClose()
  }
  return (
    <ConfirmDialog
      title={text.title}
      isOpen
      onClose={props.onClose}
      confirmLabel={text.save}
      onConfirm={() => void confirm()}
      pending={action.pending}
      error={<Failure error={action.error} />}
    >
      <p>{text.lead}</p>
      <TextInput label={text.caseTitle} autoFocus value={title} onChange={setTitle} maxLength={300} />
    </ConfirmDialog>
  )
}
