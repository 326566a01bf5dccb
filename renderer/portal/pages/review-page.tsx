import { useEffect, useId, useMemo, useState } from 'react'
import type { PortalDocument } from '../../../shared/portal-api/manifest.ts'
import type { PortalReceipt } from '../../../shared/portal-api/wire.ts'
import { Button } from '../components/button.tsx'
import { Header } from '../components/frame.tsx'
import { type DeadReason, formatDeadline, portalText } from '../ja.ts'
import { useAnswer } from '../use-answer.ts'
import { useDocuments } from '../use-documents.ts'
import type { PortalSession } from '../use-portal.ts'
import { ConfirmDialog } from './confirm-dialog.tsx'
import { DeclineDialog } from './decline-dialog.tsx'
import { DetailsDialog } from './details-dialog.tsx'
import { DocumentTabs } from './document-tabs.tsx'

const text = portalText.review

type Props = {
  readonly session: PortalSession
  readonly onAnswered: (answer: 'consent' | 'refusal', receipt: PortalReceipt) => void
  readonly onDead: (reason: DeadReason) => void
}

/** 文書の確認: the documents, and below them the one next step. */
export function ReviewPage({ session, onAnswered, onDead }: Props) {
  const { manifest } = session
  const documents = useDocuments(session, onDead)
  const [selected, setSelected] = useState<string>(manifest.documents[0]?.id ?? '')
  const [dialog, setDialog] = useState<'none' | 'confirm' | 'decline' | 'details'>('none')
  const on = useMemo(() => ({ answered: onAnswered, dead: onDead }), [onAnswered, onDead])
  const answering = useAnswer(session, on)
  const progressId = useId()
  useEffect(() => {
    document.title = portalText.pageTitle(text.title)
  }, [])
  const unread = manifest.documents.filter(({ id, role }) => role === 'sign' && !documents.isRead(id))
  const shown = documents.shown()
  const isReady = unread.length === 0 && shown !== undefined
  const complete = (): void => {
    if (isReady) setDialog('confirm')
    else if (unread[0] !== undefined) setSelected(unread[0].id)
  }
  return (
    <div className="review">
      <CaseHeader session={session} />
      <main className="review-documents">
        <h1 tabIndex={-1} data-screen="review" className="sr-only">
          {text.title}
        </h1>
        <DocumentTabs
          manifest={manifest}
          documents={documents}
          selected={selected}
          onSelect={setSelected}
          onDetails={() => setDialog('details')}
        />
      </main>
      <footer className="border-t border-solid-gray-420 bg-white px-4 py-3">
        <div className="mx-auto flex max-w-6xl flex-wrap items-center justify-end gap-x-4 gap-y-2">
          <p id={progressId} role="status" className="min-w-0 flex-1 basis-72 [word-break:auto-phrase]">
            <Progress unread={unread} />
          </p>
          <Button look="quiet" onPress={() => setDialog('decline')}>
            {text.decline}
          </Button>
          <Button look="primary" isDimmed={!isReady} describedBy={progressId} onPress={complete}>
            {text.complete}
          </Button>
        </div>
      </footer>
      <ConfirmDialog
        manifest={manifest}
        documents={documents}
        isOpen={dialog === 'confirm'}
        answering={answering}
        onClose={() => setDialog('none')}
        onConfirm={() => {
          if (shown !== undefined) answering.consent(shown)
        }}
      />
      <DeclineDialog
        isOpen={dialog === 'decline'}
        answering={answering}
        onClose={() => setDialog('none')}
        onDecline={(reason) => answering.refuse(shown ?? [], reason)}
      />
      <DetailsDialog
        manifest={manifest}
        documents={documents}
        isOpen={dialog === 'details'}
        onClose={() => setDialog('none')}
      />
    </div>
  )
}

function CaseHeader({ session }: { readonly session: PortalSession }) {
  const { manifest } = session
  return (
    <Header townName={manifest.contact.townName} isWide>
      <dl className="flex min-w-0 flex-wrap gap-x-6 text-[0.9375rem]">
        <div className="flex gap-2">
          <dt className="sr-only">{portalText.done.caseTitle}</dt>
          <dd className="min-w-0 font-bold break-words">{manifest.caseTitle}</dd>
        </div>
        <div className="flex gap-2">
          <dt className="text-solid-gray-700">{text.deadline}</dt>
          <dd>{formatDeadline(manifest.deadline)}</dd>
        </div>
      </dl>
    </Header>
  )
}

function Progress({ unread }: { readonly unread: readonly PortalDocument[] }) {
  if (unread.length === 0) return text.allSeen
  return (
    <>
      {text.lead}
      <span className="block text-[0.9375rem] text-solid-gray-700">
        {text.remaining(unread.map(({ title }) => title))}
      </span>
    </>
  )
}
