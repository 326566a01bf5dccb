import { useState } from 'react'
import { useOfficeBridge } from '../../bridge/office-bridge.ts'
import { useAction } from '../../bridge/use-action.ts'
import { sessionText } from '../../i18n/ja/session.ts'
import { ConfirmDialog } from '../../ui/dialog.tsx'
import { Failure } from '../../ui/failure.tsx'
import { focusFirstProblem } from '../../ui/focus-problem.ts'
import { TextInput } from '../../ui/text-input.tsx'
import { useToast } from '../../ui/toast.tsx'
import { NewPasswordInput, passwordProblems } from './new-password.tsx'

const text = sessionText.change

export function ChangePasswordDialog({ onClose }: { readonly onClose: () => void }) {
  const { client } = useOfficeBridge()
  const toast = useToast()
  const [current, setCurrent] = useState('')
  const [password, setPassword] = useState({ first: '', again: '' })
  const [tried, setTried] = useState(false)
  const [change, action] = useAction(client.session.changePassword)
  const problems = passwordProblems(password)
  const confirm = async () => {
    setTried(true)
    if (problems.first !== undefined || problems.again !== undefined) return focusFirstProblem()
    if ((await change({ current, next: password.first })) === undefined) return
    toast(text.done)
    onClose()
  }
  return (
    <ConfirmDialog
      title={text.title}
      isOpen
      onClose={onClose}
      confirmLabel={text.submit}
      onConfirm={() => void confirm()}
      pending={action.pending}
      error={<Failure error={action.error} />}
    >
      <TextInput
        label={text.current}
        type="password"
        autoComplete="current-password"
        autoFocus
        value={current}
        onChange={setCurrent}
      />
      <NewPasswordInput
        label={text.next}
        value={password}
        problems={tried ? problems : {}}
        onChange={setPassword}
      />
    </ConfirmDialog>
  )
}
