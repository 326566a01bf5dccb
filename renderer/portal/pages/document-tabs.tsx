import { Tab, TabList, TabPanel, Tabs } from 'react-aria-components'
import type { PortalDocument, PortalManifest } from '../../../shared/portal-api/manifest.ts'
import { portalText } from '../ja.ts'
import type { Documents } from '../use-documents.ts'
import { DocumentView } from './document-view.tsx'

const text = portalText.review

type Props = {
  readonly manifest: PortalManifest
  readonly documents: Documents
  readonly selected: string
  readonly onSelect: (id: string) => void
  readonly onDetails: () => void
}

/** One tab a document; with one document there is nothing to choose and no tab. */
export function DocumentTabs(props: Props) {
  const { manifest, selected } = props
  const [only] = manifest.documents
  if (manifest.documents.length === 1 && only !== undefined) return <View {...props} document={only} />
  return (
    <Tabs
      selectedKey={selected}
      onSelectionChange={(key) => props.onSelect(String(key))}
      className="flex min-h-0 flex-1 flex-col"
    >
      <TabList
        aria-label={text.tabs}
        className="flex flex-none gap-1 overflow-x-auto border-b-2 border-solid-gray-420 bg-solid-gray-50 px-3 pt-2"
      >
        {manifest.documents.map((document) => (
          <Tab
            key={document.id}
            id={document.id}
            className="-mb-0.5 flex max-w-80 min-w-32 flex-none cursor-pointer flex-col rounded-t-8 border-2 border-solid-gray-420 bg-white px-4 py-1 data-[selected]:border-b-white data-[selected]:border-t-blue-900 data-[selected]:border-t-4 not-data-[selected]:bg-solid-gray-100"
          >
            <span className="truncate font-bold" title={document.title}>
              {document.title}
            </span>
            <TabState document={document} documents={props.documents} />
          </Tab>
        ))}
      </TabList>
      {manifest.documents.map((document) => (
        <TabPanel key={document.id} id={document.id} className="flex min-h-0 flex-1 flex-col">
          <View {...props} document={document} />
        </TabPanel>
      ))}
    </Tabs>
  )
}

function TabState({
  document,
  documents,
}: {
  readonly document: PortalDocument
  readonly documents: Documents
}) {
  const isSign = document.role === 'sign'
  const isDone = isSign ? documents.isRead(document.id) : documents.isOpened(document.id)
  return (
    <span className="flex items-center gap-2 text-[0.875rem]">
      <span className="rounded-4 border border-solid-gray-600 px-1 text-solid-gray-800">
        {isSign ? text.roleSign : text.roleView}
      </span>
      <span className={isDone ? 'font-bold text-green-1000' : 'text-solid-gray-800'}>
        {isDone ? `✓ ${isSign ? text.seen : text.opened}` : isSign ? text.notSeen : text.notOpened}
      </span>
    </span>
  )
}

function View(props: Props & { readonly document: PortalDocument }) {
  const { document, documents } = props
  return (
    <DocumentView
      document={document}
      state={documents.states.get(document.id)}
      onReload={() => documents.reload(document.id)}
      onShown={() => documents.markSeen(document.id, 0)}
      onPageSeen={(page) => documents.markSeen(document.id, page)}
      onDetails={props.onDetails}
    />
  )
}
