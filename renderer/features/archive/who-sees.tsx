import type { Role } from '../../../shared/model/user.ts'
import { useOfficeBridge } from '../../bridge/office-bridge.ts'
import { useQuery } from '../../bridge/use-query.ts'
import { archiveText } from '../../i18n/ja/archive.ts'
import { roleLabel } from '../../i18n/ja/labels.ts'
import { Failure } from '../../ui/failure.tsx'

const text = archiveText.folders

type Rights = { readonly roles: readonly Role[]; readonly departments: readonly string[] }

/** Whom a folder names, beside those who see everything anyway. */
export function RightsInWords({ rights }: { readonly rights: Rights }) {
  const named = [...rights.departments, ...rights.roles.map((role) => roleLabel[role])]
  return (
    <>
      {named.length === 0 ? text.nobodyNamed : named.join('、')}
      <span className="block text-[0.875rem] text-solid-gray-700">{text.always}</span>
    </>
  )
}

/** だれが見られるか: by name, as it would be with these rights. Nothing is saved by looking. */
export function WhoSees(rights: Rights) {
  const { client } = useOfficeBridge()
  const { data, error } = useQuery(`who-sees ${JSON.stringify(rights)}`, () =>
    client.archive.whoSees({ roles: [...rights.roles], departments: [...rights.departments] }),
  )
  const rows = data?.rows ?? []
  return (
    <section
      aria-label={text.preview}
      className="mt-3 rounded-8 border border-solid-gray-300 px-3 py-2 text-[0.9375rem]"
    >
      <h3 className="font-bold">{text.preview}</h3>
      <Failure error={error} />
      <dl className="grid grid-cols-[max-content_1fr] gap-x-3">
        {(['department', 'role', 'all'] as const).map((by) => (
          <div key={by} className="col-span-2 grid grid-cols-subgrid">
            <dt className="text-solid-gray-700">{text.by[by]}</dt>
            <dd>{names(rows.filter((row) => row.by === by))}</dd>
          </div>
        ))}
      </dl>
      <p className="text-[0.875rem] text-solid-gray-700">{text.previewNote}</p>
    </section>
  )
}

function names(rows: readonly { readonly displayName: string; readonly department: string }[]): string {
  return rows.length === 0
    ? text.nobodyHere
    : rows.map((row) => text.person(row.displayName, row.department)).join('、')
}
