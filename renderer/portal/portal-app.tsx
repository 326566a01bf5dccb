import { useEffect } from 'react'
import { portalText } from './ja.ts'
import { CodePage } from './pages/code-page.tsx'
import { DeadPage } from './pages/dead-page.tsx'
import { DonePage } from './pages/done-page.tsx'
import { DownloadPage } from './pages/download-page.tsx'
import { LoadingPage } from './pages/loading-page.tsx'
import { ReviewPage } from './pages/review-page.tsx'
import { usePortal } from './use-portal.ts'

/** The counterparty's way from the link in the mail to the end. */
export function PortalApp() {
  const portal = usePortal()
  const { screen, contact } = portal
  useEffect(() => {
    // A new screen is a new page: read from its heading, not from where the last one was left.
    document.querySelector<HTMLElement>(`h1[data-screen="${screen.kind}"]`)?.focus()
    window.scrollTo(0, 0)
  }, [screen.kind])
  switch (screen.kind) {
    case 'loading':
      return <LoadingPage text={portalText.loading} />
    case 'dead':
      return (
        <DeadPage
          reason={screen.reason}
          receivedAt={screen.receivedAt}
          contact={contact}
          onRetry={portal.retry}
        />
      )
    case 'code':
      return (
        <CodePage
          error={screen.error}
          isChecking={screen.isChecking}
          contact={contact}
          onSubmit={portal.submitCode}
        />
      )
    case 'review':
      return <ReviewPage session={screen.session} onAnswered={portal.onAnswered} onDead={portal.onDead} />
    case 'download':
      return <DownloadPage session={screen.session} onDead={portal.onDead} />
    case 'done':
      return <DonePage answer={screen.answer} receipt={screen.receipt} manifest={screen.manifest} />
  }
}
