import { type FormEvent, useState } from 'react'
import { useOfficeBridge } from '../../bridge/office-bridge.ts'
import { useAction } from '../../bridge/use-action.ts'
import { sessionText } from '../../i18n/ja/session.ts'
import { uiText } from '../../i18n/ja/ui.ts'
import { Button } from '../../ui/button.tsx'
import { Failure } from '../../ui/failure.tsx'
import { focusFirstProblem } from '../../ui/focus-problem.ts'
import { TextInput } from '../../ui/text-input.tsx'
import { Entrance } from './entrance.tsx'
import { NewPasswordInput, passwordProblems } from './new-password.tsx'

const text = sessionText.recover

export function Recover(props: {
  readonly townName: string
  readonly onDone: () => void
  readonly onBack: () => void
}) {
  const { client } = useOfficeBridge()
  const [recoveryCode, setCode] = useState('')
  const [loginName, setLoginName] = useState('')
  const [password, setPassword] = useState({ first: '', again: '' })
  const [tried, setTried] = useState(false)
  const [recover, action] = useAction(client.session.recover)
  const problems = passwordProblems(password)
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (problems.first !== undefined || problems.again !== undefined) return focusFirstProblem()
    if (await recover({ recoveryCode, loginName, newPassword: password.first })) props.onDone()
  }
  return (
    <Entrance title={text.title} lead={text.lead} townName={props.townName}>
      <form className="flex flex-col gap-4" onSubmit={submit} noValidate>
        <TextInput label={text.code} hint={text.codeHint} autoFocus value={recoveryCode} onChange={setCode} />
        <TextInput
          label={sessionText.logIn.loginName}
          autoComplete="username"
          value={loginName}
          onChange={setLoginName}
        />
        <NewPasswordInput
          label={text.newPassword}
          value={password}
          problems={tried ? problems : {}}
          onChange={setPassword}
        />
        <Failure error={action.error} />
        <Button type="submit" look="primary" isDisabled={action.pending}>
          {action.pending ? uiText.working : text.submit}
        </Button>
      </form>
      <Button look="quiet" size="small" onPress={props.onBack}>
        {text.back}
      </Button>
    </Entrance>
  )
}
