import { type FormEvent, useState } from 'react'
import { LoginName } from '../../../shared/model/user.ts'
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

const text = sessionText.firstStart
const EMPTY = {
  townName: '',
  displayName: '',
  department: '',
  loginName: '',
  password: { first: '', again: '' },
}
type Form = typeof EMPTY

function problemsOf(form: Form) {
  return {
    townName: form.townName.trim() === '' ? text.empty : undefined,
    displayName: form.displayName.trim() === '' ? text.empty : undefined,
    loginName: LoginName.safeParse(form.loginName).success ? undefined : text.loginWrong,
    ...passwordProblems(form.password),
  }
}

export function FirstStart({ onDone }: { readonly onDone: (recoverySheet: string) => void }) {
  const { client } = useOfficeBridge()
  const [form, setForm] = useState(EMPTY)
  const [tried, setTried] = useState(false)
  const [setUp, action] = useAction(client.session.setUp)
  const found = problemsOf(form)
  const problems: Partial<typeof found> = tried ? found : {}
  const change = (part: Partial<Form>) => setForm((old) => ({ ...old, ...part }))
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (Object.values(found).some((problem) => problem !== undefined)) return focusFirstProblem()
    const done = await setUp({
      townName: form.townName,
      displayName: form.displayName,
      department: form.department,
      loginName: form.loginName,
      password: form.password.first,
    })
    if (done) onDone(done.recoverySheet)
  }
  return (
    <Entrance title={text.title} lead={text.lead}>
      <form className="flex flex-col gap-4" onSubmit={submit} noValidate>
        <TextInput
          label={text.townName}
          hint={text.townHint}
          required
          autoFocus
          value={form.townName}
          error={problems.townName}
          onChange={(townName) => change({ townName })}
        />
        <h2 className="mt-2 border-b border-solid-gray-300 text-[1.125rem] font-bold">
          {text.administrator}
        </h2>
        <p className="text-[0.9375rem] text-solid-gray-800">{text.roles}</p>
        <TextInput
          label={text.displayName}
          required
          value={form.displayName}
          error={problems.displayName}
          onChange={(displayName) => change({ displayName })}
        />
        <TextInput
          label={text.department}
          hint={text.departmentHint}
          value={form.department}
          onChange={(department) => change({ department })}
        />
        <TextInput
          label={text.loginName}
          hint={text.loginHint}
          required
          autoComplete="username"
          value={form.loginName}
          error={problems.loginName}
          onChange={(loginName) => change({ loginName })}
        />
        <NewPasswordInput
          label={text.password}
          value={form.password}
          problems={problems}
          onChange={(password) => change({ password })}
        />
        <Failure error={action.error} />
        <Button type="submit" look="primary" isDisabled={action.pending}>
          {action.pending ? uiText.working : text.start}
        </Button>
      </form>
    </Entrance>
  )
}
