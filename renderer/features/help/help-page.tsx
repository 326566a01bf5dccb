import { useOfficeBridge } from '../../bridge/office-bridge.ts'
import { useQuery } from '../../bridge/use-query.ts'
import { helpText as text } from '../../i18n/ja/help.ts'
import { viewerText } from '../../i18n/ja/viewer.ts'
import { Failure } from '../../ui/failure.tsx'
import { MarkdownView } from '../../ui/markdown-view.tsx'
import { Facts, Loading, Page, Section } from '../../ui/page.tsx'
import { hrefOf } from '../../ui/router.ts'

const SHORTCUTS = 'shortcuts'

/** ヘルプ: システム概要書, 操作説明書, 更新履歴 and the keys. */
export function HelpPage({ document }: { readonly document: string | undefined }) {
  const { client } = useOfficeBridge()
  const { data, error, reload } = useQuery('help', () => client.help.read({}))
  const documents = data?.documents ?? []
  const entries = [
    ...documents.map(({ id, title }) => ({ id, title })),
    { id: SHORTCUTS, title: text.shortcuts },
  ]
  const current = entries.find((entry) => entry.id === document) ?? entries[0]
  const shown = documents.find((candidate) => candidate.id === current?.id)
  return (
    <Page title={text.title}>
      <Failure error={error} onRetry={reload} />
      {data === undefined && error === undefined ? <Loading /> : null}
      <div className="grid grid-cols-[11rem_minmax(0,1fr)] gap-8 max-md:grid-cols-1">
        <nav aria-label={text.documents}>
          <ul>
            {entries.map((entry) => (
              <li key={entry.id}>
                <a
                  href={hrefOf(['help', entry.id])}
                  aria-current={entry.id === current?.id ? 'page' : undefined}
                  className="block rounded-8 px-3 py-1.5 no-underline hover:bg-solid-gray-100 aria-[current]:bg-blue-100 aria-[current]:font-bold aria-[current]:text-blue-1100"
                >
                  {entry.title}
                </a>
              </li>
            ))}
          </ul>
        </nav>
        {shown ? (
          <MarkdownView markdown={shown.markdown} />
        ) : current?.id === SHORTCUTS ? (
          <Section title={text.shortcuts}>
            <Facts items={viewerText.shortcutRows.map(([name, value]) => ({ name, value }))} />
          </Section>
        ) : null}
      </div>
    </Page>
  )
}
