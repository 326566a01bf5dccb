import type { ReactNode } from 'react'
import type { Permission } from '../../../shared/bridge/define.ts'
import { useSession } from '../../bridge/session.tsx'
import { keepingText } from '../../i18n/ja/keeping.ts'
import { Page } from '../../ui/page.tsx'
import { hrefOf } from '../../ui/router.ts'
import { BackupSection } from './backup-section.tsx'
import { ImportSection } from './import-section.tsx'
import { KeysSection } from './keys-section.tsx'

type Name = keyof typeof keepingText.sections
type Entry = { readonly permission: Permission; readonly content: ReactNode }

/** What other features show here. */
type Guests = { readonly print: ReactNode; readonly drill: ReactNode }

function sectionsWith({ print, drill }: Guests): Readonly<Record<Name, Entry>> {
  return {
    import: { permission: 'archive.manage', content: <ImportSection /> },
    backup: { permission: 'settings.read', content: <BackupSection drill={drill} /> },
    print: { permission: 'archive.search', content: print },
    keys: { permission: 'users.manage', content: <KeysSection /> },
  }
}

/** 保全: what keeps the archive alive and brings old contracts into it. */
export function KeepingPage(props: Guests & { readonly section: string | undefined }) {
  const { can } = useSession()
  const sections = sectionsWith(props)
  const names = (Object.keys(sections) as Name[]).filter((name) => can(sections[name].permission))
  const current = names.find((name) => name === props.section) ?? names[0]
  return (
    <Page title={keepingText.title}>
      <div className="grid grid-cols-[11rem_minmax(0,1fr)] gap-8 max-md:grid-cols-1">
        <nav aria-label={keepingText.label}>
          <ul>
            {names.map((name) => (
              <li key={name}>
                <a
                  href={hrefOf(['keeping', name])}
                  aria-current={name === current ? 'page' : undefined}
                  className="block rounded-8 px-3 py-1.5 no-underline hover:bg-solid-gray-100 aria-[current]:bg-blue-100 aria-[current]:font-bold aria-[current]:text-blue-1100"
                >
                  {keepingText.sections[name]}
                </a>
              </li>
            ))}
          </ul>
        </nav>
        <div className="min-w-0" key={current}>
          {current === undefined ? null : sections[current].content}
        </div>
      </div>
    </Page>
  )
}
