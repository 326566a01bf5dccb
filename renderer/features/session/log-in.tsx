import { type FormEvent, useEffect, useState } from 'react'
import { useOfficeBridge } from '../../bridge/office-bridge.ts'
import { useAction } from '../../bridge/use-action.ts'
import { sessionText } from '../../i18n/ja/session.ts'
import { uiText } from '../../i18n/ja/ui.ts'
import { Button } from '../../ui/button.tsx'
import { Failure } from '../../ui/failure.tsx'
import { Notice } from '../../ui/notice.tsx'
import { TextInput } from '../../ui/text-input.tsx'
import { Entrance } from './entrance.tsx'

const text = sessionText.logIn

/** Whole seconds until log-in is allowed again, counted down. */
function useCountdown(error: { readonly code: string; readonly data: unknown } | undefined): number {
  const [seconds, setSeconds] = useState(0)
  useEffect(() => {
    const data =
      error?.code === 'LOGIN_SLOWED' ? (error.data as { readonly retryAfterMs?: unknown }) : undefined
    if (typeof data?.retryAfterMs !== 'number') {
      setSeconds(0)
      return undefined
    }
    const until = Date.now() + data.retryAfterMs
    const tick = () => setSeconds(Math.max(0, Math.ceil((until - Date.now()) / 1000)))
    tick()
    const timer = setInterval(tick, 500)
    return () => clearInterval(timer)
  }, [error])
  return seconds
}

export function LogIn(props: {
  readonly townName: string
  readonly appVersion: string
  readonly lockedIdle: boolean
  readonly onDone: () => void
  readonly onForgotten: () => void
}) {
  const { client } = useOfficeBridge()
  const [loginName, setLoginName] = useState('')
  const [password, setPassword] = useState('')
  const [logIn, action] = useAction(client.session.logIn)
  const wait = useCountdown(action.error)
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (wait > 0) return
    const done = await logIn({ loginName, password })
    setPassword('')
    if (done) props.onDone()
  }
  return (
    <Entrance title={text.title} townName={props.townName} foot={text.version(props.appVersion)}>
      {props.lockedIdle ? <Notice severity="info">{text.locked}</Notice> : null}
      <form className="flex flex-col gap-4" onSubmit={submit}>
        <TextInput
          label={text.loginName}
          autoComplete="username"
          autoFocus
          value={loginName}
          onChange={setLoginName}
        />
        <TextInput
          label={text.password}
          type="password"
          autoComplete="current-password"
          value={password}
          onChange={setPassword}
        />
        {wait > 0 ? (
          <Notice severity="warn" live>
            {text.slowed(wait)}
          </Notice>
        ) : action.error?.code === 'LOGIN_SLOWED' ? null : (
          <Failure error={action.error} />
        )}
        <Button type="submit" look="primary" isDisabled={action.pending || wait > 0}>
          {action.pending ? uiText.working : text.submit}
        </Button>
      </form>
      <Button look="quiet" size="small" onPress={props.onForgotten}>
        {text.forgotten}
      </Button>
    </Entrance>
  )
}
