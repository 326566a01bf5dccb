import { type ReactNode, useState } from 'react'
import { useOfficeBridge } from '../../bridge/office-bridge.ts'
import { SessionContext, type SessionView } from '../../bridge/session.tsx'
import { uiText } from '../../i18n/ja/ui.ts'
import { Failure } from '../../ui/failure.tsx'
import { Loading } from '../../ui/page.tsx'
import { Entrance } from './entrance.tsx'
import { FirstStart } from './first-start.tsx'
import { LogIn } from './log-in.tsx'
import { Recover } from './recover.tsx'
import { RecoverySheet } from './recovery-sheet.tsx'
import { useIdleLock } from './use-idle-lock.ts'
import { useSessionState } from './use-session.ts'

/** First start, log-in and lock stand before everything else; below it there is always a logged-in person. */
export function SessionGate({ children }: { readonly children: ReactNode }) {
  const { view, error, lockedIdle, markIdle } = useSessionState()
  const [sheet, setSheet] = useState<string | undefined>(undefined)
  const [isRecovering, setRecovering] = useState(false)
  const { confirmRecoverySheet: confirmSheet } = useOfficeBridge().client.users
  if (view === undefined)
    return (
      <Entrance title={uiText.appName}>
        {error ? <Failure error={error} onRetry={() => window.location.reload()} /> : <Loading />}
      </Entrance>
    )
  const { status, refresh } = view
  if (sheet !== undefined)
    return (
      <RecoverySheet
        ticket={sheet}
        onDone={() => {
          setSheet(undefined)
          void confirmSheet({}).then(refresh)
        }}
      />
    )
  if (status.phase === 'first-start') return <FirstStart onDone={setSheet} />
  if (status.phase === 'locked' && isRecovering)
    return (
      <Recover
        townName={status.townName}
        onBack={() => setRecovering(false)}
        onDone={() => {
          setRecovering(false)
          refresh()
        }}
      />
    )
  if (status.phase === 'locked')
    return (
      <LogIn
        townName={status.townName}
        appVersion={status.appVersion}
        lockedIdle={lockedIdle}
        onDone={refresh}
        onForgotten={() => setRecovering(true)}
      />
    )
  return (
    <LoggedIn view={view} onIdle={markIdle}>
      {children}
    </LoggedIn>
  )
}

function LoggedIn(props: {
  readonly view: SessionView
  readonly onIdle: () => void
  readonly children: ReactNode
}) {
  useIdleLock(props.view.status.lockAfterMs, props.onIdle)
  return <SessionContext.Provider value={props.view}>{props.children}</SessionContext.Provider>
}
