import { useCallback, useState } from 'react'
import type { PortalDocument } from '../../../shared/portal-api/manifest.ts'
import { Button } from '../components/button.tsx'
import { Facts, Frame, Message } from '../components/frame.tsx'
import { deadReasonOf, isPassing } from '../dead-reason.ts'
import { type DeadReason, formatDeadline, portalText } from '../ja.ts'
import { loadDocument } from '../load-document.ts'
import type { PortalSession } from '../use-portal.ts'

const text = portalText.download

/** The finished documents, for 14 days. */
export function DownloadPage(props: {
  readonly session: PortalSession
  readonly onDead: (reason: DeadReason) => void
}) {
  const { manifest } = props.session
  return (
    <Frame title={text.title} screen="download" contact={manifest.contact}>
      <p>{text.lead}</p>
      <Facts
        items={[
          [portalText.done.caseTitle, manifest.caseTitle],
          [text.until, formatDeadline(manifest.deadline)],
        ]}
      />
      <ul className="flex flex-col gap-4">
        {manifest.documents.map((document) => (
          <DownloadItem key={document.id} document={document} {...props} />
        ))}
      </ul>
      <section>
        <h2 className="text-[1.125rem] font-bold">{text.verifyTitle}</h2>
        <ol className="list-decimal pl-6">
          {text.verify.map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ol>
      </section>
    </Frame>
  )
}

type SaveState = 'idle' | 'saving' | 'saved' | 'failed'

function DownloadItem(props: {
  readonly document: PortalDocument
  readonly session: PortalSession
  readonly onDead: (reason: DeadReason) => void
}) {
  const { document, session, onDead } = props
  const [state, setState] = useState<SaveState>('idle')
  const save = useCallback(async (): Promise<void> => {
    setState('saving')
    try {
      const loaded = await loadDocument(session, document, () => undefined)
      if (loaded.ok) {
        saveFile(document.fileName, loaded.value.bytes)
        setState('saved')
      } else if (isPassing(loaded.error)) setState('failed')
      else onDead(deadReasonOf(loaded.error, 'download'))
    } catch (error) {
      console.warn('portal.document-refused', error)
      onDead('package-damaged')
    }
  }, [session, document, onDead])
  return (
    <li className="flex flex-col gap-2 rounded-12 border border-solid-gray-420 p-4">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <div className="min-w-0">
          <p className="text-[0.875rem] text-solid-gray-700">
            {document.role === 'certificate' ? text.roleCertificate : text.roleSigned}
          </p>
          <p className="font-bold break-words">{document.title}</p>
          <p className="text-[0.875rem] text-solid-gray-700">
            {portalText.review.pageCount(document.pages)}・{portalText.review.roughSize(document.sizeBytes)}
          </p>
        </div>
        <Button
          look="primary"
          label={text.saveOf(document.title)}
          isDisabled={state === 'saving'}
          onPress={() => void save()}
        >
          {state === 'saving' ? text.saving : text.save}
        </Button>
      </div>
      {state === 'saved' ? <Message tone="info">{text.saved}</Message> : null}
      {state === 'failed' ? <Message tone="error">{text.failed}</Message> : null}
      <details>
        <summary className="text-blue-900 underline">{portalText.review.details}</summary>
        <Facts
          items={[
            [portalText.review.fileName, document.fileName],
            [
              portalText.review.sha256,
              <code key="sha256" className="break-all">
                {document.sha256}
              </code>,
            ],
          ]}
        />
      </details>
    </li>
  )
}

function saveFile(fileName: string, bytes: Uint8Array): void {
  const url = URL.createObjectURL(new Blob([new Uint8Array(bytes)], { type: 'application/pdf' }))
  const anchor = document.createElement('a')
  anchor.href = url
  anchor.download = fileName
  anchor.click()
  // The browser reads the address after this turn; a minute is plenty.
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}
