import { type ReactNode, useEffect, useRef } from 'react'
import { Button as AriaButton, Menu, MenuItem, MenuTrigger, Popover } from 'react-aria-components'
import type { Permission } from '../../../shared/bridge/define.ts'
import { useOfficeBridge } from '../../bridge/office-bridge.ts'
import { useSession } from '../../bridge/session.tsx'
import { labelOf, roleLabel } from '../../i18n/ja/labels.ts'
import { shellText } from '../../i18n/ja/shell.ts'
import { uiText } from '../../i18n/ja/ui.ts'
import { hrefOf, useRoute } from '../../ui/router.ts'
import { Tag } from '../../ui/tag.tsx'
import { TaskDock } from './task-dock.tsx'

type NavItem = {
  readonly path: string
  readonly label: string
  readonly permission: Permission
}
const NAV: readonly NavItem[] = [
  { path: '', label: shellText.home, permission: 'signed-in' },
  { path: 'cases', label: shellText.cases, permission: 'case.read' },
  { path: 'archive', label: shellText.archive, permission: 'archive.search' },
  { path: 'verify', label: shellText.verify, permission: 'signed-in' },
  { path: 'keeping', label: shellText.keeping, permission: 'archive.search' },
  { path: 'audit', label: shellText.audit, permission: 'audit.read' },
  { path: 'settings', label: shellText.settings, permission: 'settings.read' },
  { path: 'help', label: shellText.help, permission: 'signed-in' },
]

/** The frame of every screen: menu on the left, test marks above, long work below. */
export function Shell(props: { readonly children: ReactNode; readonly onChangePassword: () => void }) {
  const { status, can } = useSession()
  const route = useRoute()
  const current = route.path[0] ?? ''
  const main = useRef<HTMLElement>(null)
  const screen = route.path.join('/')
  useEffect(() => {
    // A new screen starts at its top; `screen` is the reason to run.
    if (screen !== undefined) main.current?.scrollTo(0, 0)
  }, [screen])
  return (
    <div className="flex h-full min-w-0 max-md:h-auto max-md:min-h-full max-md:flex-col">
      <button
        type="button"
        className="sr-only focus:not-sr-only focus:absolute focus:z-50 focus:bg-white focus:p-2"
        onClick={() => main.current?.focus()}
      >
        {shellText.skip}
      </button>
      <div className="flex w-44 shrink-0 flex-col border-r border-solid-gray-300 bg-solid-gray-50 max-md:w-full max-md:flex-row max-md:flex-wrap max-md:items-center max-md:border-r-0 max-md:border-b">
        <div className="px-4 pt-4 pb-3">
          <p className="text-[1.125rem] leading-[1.4] font-bold">{status.townName}</p>
          <p className="text-[0.8125rem] text-solid-gray-700">{uiText.appName}</p>
        </div>
        <nav
          aria-label={shellText.navigation}
          className="min-h-0 flex-1 overflow-y-auto max-md:order-last max-md:basis-full"
        >
          <ul className="max-md:flex max-md:flex-wrap">
            {NAV.filter((item) => item.permission === 'signed-in' || can(item.permission)).map((item) => (
              <li key={item.path}>
                <a
                  href={hrefOf(item.path === '' ? [] : [item.path])}
                  aria-current={current === item.path ? 'page' : undefined}
                  className="block border-l-6 border-transparent px-3.5 py-2 no-underline hover:bg-solid-gray-100 aria-[current]:border-blue-900 aria-[current]:bg-blue-100 aria-[current]:font-bold aria-[current]:text-blue-1100"
                >
                  {item.label}
                </a>
              </li>
            ))}
          </ul>
        </nav>
        <UserMenu onChangePassword={props.onChangePassword} />
      </div>
      <div className="flex min-w-0 flex-1 flex-col">
        {status.testParts > 0 ? <TestBanner count={status.testParts} /> : null}
        <main
          ref={main}
          id="main"
          tabIndex={-1}
          className="min-h-0 flex-1 overflow-y-auto outline-none max-md:overflow-visible"
        >
          {props.children}
        </main>
        <TaskDock />
      </div>
    </div>
  )
}

function TestBanner({ count }: { readonly count: number }) {
  return (
    <div className="flex flex-wrap items-center gap-3 border-b border-yellow-400 bg-yellow-50 px-6 py-1 text-[0.875rem]">
      <Tag tone="yellow">{uiText.testPart}</Tag>
      <span>{shellText.testParts(count)}</span>
      <a className="text-blue-900 underline" href={hrefOf(['settings', 'readiness'])}>
        {shellText.readiness}
      </a>
    </div>
  )
}

function UserMenu({ onChangePassword }: { readonly onChangePassword: () => void }) {
  const { client } = useOfficeBridge()
  const { status, refresh } = useSession()
  if (status.user === null) return null
  const { user } = status
  const item = 'cursor-pointer px-4 py-2 outline-none focus:bg-blue-100'
  return (
    <div className="border-t border-solid-gray-300 p-2 max-md:ml-auto max-md:border-t-0">
      <MenuTrigger>
        <AriaButton className="w-full rounded-8 px-2 py-1.5 text-left hover:bg-solid-gray-100">
          <span className="block truncate font-bold">
            {user.displayName}
            <span className="sr-only">{shellText.userMenu}</span>
          </span>
          <span className="block truncate text-[0.8125rem] text-solid-gray-700">
            {[user.department, ...user.roles.map((role) => labelOf(roleLabel, role))]
              .filter(Boolean)
              .join('・')}
          </span>
        </AriaButton>
        <Popover
          placement="top start"
          className="rounded-8 border border-solid-gray-420 bg-white py-1 shadow-2"
        >
          <Menu
            aria-label={shellText.userMenu}
            onAction={(key) =>
              key === 'password' ? onChangePassword() : void client.session.logOut({}).then(refresh)
            }
          >
            <MenuItem id="password" className={item}>
              {shellText.changePassword}
            </MenuItem>
            <MenuItem id="log-out" className={item}>
              {shellText.logOut}
            </MenuItem>
          </Menu>
        </Popover>
      </MenuTrigger>
    </div>
  )
}
