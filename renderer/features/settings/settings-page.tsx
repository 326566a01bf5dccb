import type { ReactNode } from 'react'
import type { Permission } from '../../../shared/bridge/define.ts'
import { useSession } from '../../bridge/session.tsx'
import { settingsText as text } from '../../i18n/ja/settings.ts'
import { Failure } from '../../ui/failure.tsx'
import { Loading, Page } from '../../ui/page.tsx'
import { hrefOf } from '../../ui/router.ts'
import { CertificatesSection } from './certificates-section.tsx'
import { InboxSection, OutboxSection } from './mail-sections.tsx'
import { RulesSection } from './rules-section.tsx'
import { SealSection } from './seal-section.tsx'
import { NetworkSection, PortalSection, SmtpSection, TsaSection } from './server-sections.tsx'
import { ReadinessSection, RecoverySection, SamplesSection } from './small-sections.tsx'
import { TownSection } from './town-section.tsx'
import { type Settings, useSettings } from './use-settings.ts'
import { UsersSection } from './users-section.tsx'

type Name = keyof typeof text.sections
type Entry = { readonly permission: Permission; readonly show: (settings: Settings) => ReactNode }

const SECTIONS: Readonly<Record<Name, Entry>> = {
  readiness: { permission: 'signed-in', show: () => <ReadinessSection /> },
  town: { permission: 'settings.read', show: (settings) => <TownSection settings={settings} /> },
  users: { permission: 'users.manage', show: () => <UsersSection /> },
  certificates: {
    permission: 'settings.read',
    show: (settings) => <CertificatesSection settings={settings} />,
  },
  seal: { permission: 'settings.read', show: (settings) => <SealSection settings={settings} /> },
  tsa: { permission: 'settings.read', show: (settings) => <TsaSection settings={settings} /> },
  smtp: { permission: 'settings.read', show: (settings) => <SmtpSection settings={settings} /> },
  portal: { permission: 'settings.read', show: (settings) => <PortalSection settings={settings} /> },
  rules: { permission: 'settings.read', show: (settings) => <RulesSection settings={settings} /> },
  network: { permission: 'settings.read', show: (settings) => <NetworkSection settings={settings} /> },
  recovery: { permission: 'users.manage', show: () => <RecoverySection /> },
  outbox: { permission: 'case.read', show: () => <OutboxSection /> },
  inbox: { permission: 'settings.read', show: () => <InboxSection /> },
  samples: { permission: 'settings.write', show: () => <SamplesSection /> },
}

/** 設定: one list of topics, one form at a time. */
export function SettingsPage({ section }: { readonly section: string | undefined }) {
  const { can } = useSession()
  const settings = useSettings()
  const names = (Object.keys(SECTIONS) as Name[]).filter((name) => {
    const { permission } = SECTIONS[name]
    if (name === 'inbox' && settings.data?.smtp.mode === 'server') return false
    return permission === 'signed-in' || can(permission)
  })
  const current = names.find((name) => name === section) ?? 'readiness'
  return (
    <Page title={text.title}>
      <div className="grid grid-cols-[11rem_minmax(0,1fr)] gap-8 max-md:grid-cols-1">
        <nav aria-label={text.label}>
          <ul>
            {names.map((name) => (
              <li key={name}>
                <a
                  href={hrefOf(['settings', name])}
                  aria-current={name === current ? 'page' : undefined}
                  className="block rounded-8 px-3 py-1.5 no-underline hover:bg-solid-gray-100 aria-[current]:bg-blue-100 aria-[current]:font-bold aria-[current]:text-blue-1100"
                >
                  {text.sections[name]}
                </a>
              </li>
            ))}
          </ul>
        </nav>
        <div className="min-w-0" key={current}>
          <Failure error={settings.error} onRetry={settings.reload} />
          {settings.data ? SECTIONS[current].show(settings.data) : settings.error ? null : <Loading />}
        </div>
      </div>
    </Page>
  )
}
