import { type ReactNode, useRef, useState } from 'react'
import type { CaseDocument } from '../../../shared/model/document.ts'
import { useOfficeBridge } from '../../bridge/office-bridge.ts'
import { useAction } from '../../bridge/use-action.ts'
import { useQuery } from '../../bridge/use-query.ts'
import { signatureText } from '../../i18n/ja/signature.ts'
import type { PdfFile } from '../../pdf/load-pdf.ts'
import type { PdfOpening, PdfView } from '../../pdf/use-pdf-view.ts'
import { Failure } from '../../ui/failure.tsx'
import { saveFile } from '../../ui/save-file.ts'
import { SignaturePanel } from '../../ui/signature-panel.tsx'
import { DocumentView } from './document-view.tsx'
import { RevisionDialog } from './revision-dialog.tsx'
import type { ViewedCase } from './use-viewed-case.ts'

function useVerification(document: CaseDocument) {
  const { client, fileUrl } = useOfficeBridge()
  const report = useQuery(`verify ${document.id} ${document.current.id}`, () =>
    client.verification.document({ documentId: document.id }),
  )
  const [openRevision, revision] = useAction(client.verification.openSignedRevision)
  const [print, printing] = useAction(client.verification.print)
  return {
    report,
    error: report.error ?? revision.error ?? printing.error,
    openRevision: async (signatureIndex: number) => {
      const file = await openRevision({ documentId: document.id, signatureIndex })
      return file ? fileUrl(file.ticket) : undefined
    },
    print: async () => {
      const file = await print({ documentId: document.id })
      if (file) saveFile(fileUrl(file.ticket), `${signatureText.printName}_${document.title}.pdf`)
    },
  }
}

/** Pages with the 署名パネル beside them. */
export function SignatureMode(props: {
  readonly view: ViewedCase
  readonly document: CaseDocument
  readonly file: PdfFile
  readonly opening: PdfOpening
  readonly tools: ReactNode
}) {
  const { report, error, openRevision, print } = useVerification(props.document)
  const pages = useRef<PdfView | undefined>(undefined)
  const [revisionUrl, setRevisionUrl] = useState<string | undefined>(undefined)
  return (
    <div className="grid h-full grid-cols-[minmax(0,1fr)_23rem] max-md:block">
      <div className="min-h-0 max-md:h-[80vh]">
        <DocumentView
          file={props.file}
          title={props.document.title}
          opening={props.opening}
          tools={props.tools}
          onView={(view) => {
            pages.current = view
          }}
        />
      </div>
      <aside
        aria-label={signatureText.title}
        className="min-h-0 overflow-y-auto border-l border-solid-gray-300 px-4 py-4"
      >
        <h2 className="mb-3 text-[1.0625rem] font-bold">{signatureText.title}</h2>
        <Failure error={error} onRetry={report.reload} />
        {report.data ? (
          <SignaturePanel
            report={report.data.report}
            verifiedAt={report.data.verifiedAt}
            onShowPage={(page) => pages.current?.goTo(page)}
            onViewRevision={(index) => void openRevision(index).then(setRevisionUrl)}
            onPrint={() => void print()}
          />
        ) : report.error ? null : (
          <p role="status">{signatureText.checking}</p>
        )}
      </aside>
      {revisionUrl ? <RevisionDialog url={revisionUrl} onClose={() => setRevisionUrl(undefined)} /> : null}
    </div>
  )
}
