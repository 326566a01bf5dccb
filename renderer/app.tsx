import { useState } from 'react'
import { I18nProvider } from 'react-aria-components'
import { CaseId, DocumentId } from '../shared/model/brand.ts'
import { type OfficeBridge, OfficeBridgeContext } from './bridge/office-bridge.ts'
import { ArchivePage } from './features/archive/archive-page.tsx'
import { NewestOutcome } from './features/archive/newest-outcome.tsx'
import { PrintSection } from './features/archive/print-section.tsx'
import { AuditPage } from './features/audit/audit-page.tsx'
import { CasePage } from './features/cases/detail/case-page.tsx'
import { NewCasePage } from './features/cases/form/new-case-page.tsx'
import { CaseListPage } from './features/cases/list/case-list-page.tsx'
import { HelpPage } from './features/help/help-page.tsx'
import { HomePage } from './features/home/home-page.tsx'
import { KeepingPage } from './features/keeping/keeping-page.tsx'
import { ChangePasswordDialog } from './features/session/change-password-dialog.tsx'
import { SessionGate } from './features/session/session-gate.tsx'
import { SettingsPage } from './features/settings/settings-page.tsx'
import { Shell } from './features/shell/shell.tsx'
import { VerifyPage } from './features/verify/verify-page.tsx'
import { ViewerPage } from './features/viewer/viewer-page.tsx'
import { shellText } from './i18n/ja/shell.ts'
import { Page } from './ui/page.tsx'
import { useRoute } from './ui/router.ts'
import { ToastProvider } from './ui/toast.tsx'

/** The whole office UI over one bridge. */
export function App({ bridge }: { readonly bridge: OfficeBridge }) {
  return (
    <I18nProvider locale="ja-JP">
      <OfficeBridgeContext.Provider value={bridge}>
        <SessionGate>
          <ToastProvider>
            <Office />
          </ToastProvider>
        </SessionGate>
      </OfficeBridgeContext.Provider>
    </I18nProvider>
  )
}

function Office() {
  const [isChangingPassword, setChangingPassword] = useState(false)
  return (
    <Shell onChangePassword={() => setChangingPassword(true)}>
      <Screen />
      {isChangingPassword ? <ChangePasswordDialog onClose={() => setChangingPassword(false)} /> : null}
    </Shell>
  )
}

function Screen() {
  const { path } = useRoute()
  const [area, ...rest] = path
  if (area === undefined) return <HomePage />
  if (area === 'cases') return <CasesScreen path={rest} />
  if (area === 'archive') return <ArchivePage section={rest[0]} />
  if (area === 'keeping')
    return (
      <KeepingPage
        section={rest[0]}
        print={<PrintSection />}
        drill={<NewestOutcome kind="restore-drill" />}
      />
    )
  if (area === 'verify') return <VerifyPage />
  if (area === 'audit') return <AuditPage />
  if (area === 'settings') return <SettingsPage section={rest[0]} />
  if (area === 'help') return <HelpPage document={rest[0]} />
  return <NotFound />
}

function CasesScreen({ path }: { readonly path: readonly string[] }) {
  const [name, part, documentName] = path
  if (name === undefined) return <CaseListPage />
  if (name === 'new') return <NewCasePage />
  const caseId = CaseId.safeParse(name)
  const documentId = DocumentId.safeParse(documentName)
  if (caseId.success && part === 'documents' && documentId.success)
    return <ViewerPage caseId={caseId.data} documentId={documentId.data} />
  return caseId.success ? <CasePage key={caseId.data} caseId={caseId.data} /> : <NotFound />
}

function NotFound() {
  return (
    <Page title={shellText.notFound}>
      <p>{shellText.notFoundLead}</p>
    </Page>
  )
}
