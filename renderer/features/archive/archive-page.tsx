import type { ReactNode } from 'react'
import type { Permission } from '../../../shared/bridge/define.ts'
import { useSession } from '../../bridge/session.tsx'
import { archiveText } from '../../i18n/ja/archive.ts'
import { hrefOf } from '../../ui/router.ts'
import { ChangesSection } from './changes-section.tsx'
import { DisposalSection } from './disposal-section.tsx'
import { FoldersSection } from './folders-section.tsx'
import { OutcomesSection } from './outcomes-section.tsx'
import { SearchSection } from './search-section.tsx'
import { VerifySection } from './verify-section.tsx'

type SectionName = keyof typeof archiveText.sections

const CONTENT: Readonly<Record<SectionName, ReactNode>> = {
  search: <SearchSection />,
  changes: <ChangesSection />,
  verify: <VerifySection />,
  folders: <FoldersSection />,
  disposal: <DisposalSection />,
  outcomes: <OutcomesSection />,
}
/** Sections that are not for everybody: one of these rights opens them. */
const RIGHTS: Readonly<Partial<Record<SectionName, readonly Permission[]>>> = {
  folders: ['archive.manage'],
  disposal: ['archive.manage', 'audit.read'],
}

/** 保管庫: find, and everything that keeps what is found. */
export function ArchivePage({ section }: { readonly section: string | undefined }) {
  const { can } = useSession()
  const names = (Object.keys(archiveText.sections) as SectionName[]).filter(
    (name) => RIGHTS[name]?.some(can) ?? true,
  )
  const current = names.find((name) => name === section) ?? 'search'
  return (
    <div className="flex h-full min-h-0 flex-col">
      <header className="flex flex-wrap items-end gap-x-6 border-b border-solid-gray-300 px-6 pt-4">
        <h1 className="pb-2 text-[1.5rem] leading-[1.4] font-bold">{archiveText.title}</h1>
        <nav aria-label={archiveText.sectionsLabel} className="flex flex-wrap">
          {names.map((name) => (
            <a
              key={name}
              href={hrefOf(name === 'search' ? ['archive'] : ['archive', name])}
              aria-current={name === current ? 'page' : undefined}
              className="inline-block border-b-4 border-transparent px-3 py-1.5 text-solid-gray-800 no-underline hover:border-solid-gray-420 aria-[current]:border-blue-900 aria-[current]:font-bold aria-[current]:text-blue-1000"
            >
              {archiveText.sections[name]}
            </a>
          ))}
        </nav>
      </header>
      <div className="min-h-0 flex-1 overflow-y-auto">{CONTENT[current]}</div>
    </div>
  )
}
