import '../../pdf/pdf.css'
import { useRef, useState } from 'react'
import { useOfficeBridge } from '../../bridge/office-bridge.ts'
import { useAction } from '../../bridge/use-action.ts'
import { useOpenPdf } from '../../bridge/use-open-pdf.ts'
import { signatureText } from '../../i18n/ja/signature.ts'
import { verifyText as text } from '../../i18n/ja/verify.ts'
import { viewerText } from '../../i18n/ja/viewer.ts'
import type { PdfFile } from '../../pdf/load-pdf.ts'
import { PdfPages } from '../../pdf/pdf-pages.tsx'
import { PdfToolbar } from '../../pdf/pdf-toolbar.tsx'
import { usePdfView } from '../../pdf/use-pdf-view.ts'
import { Button } from '../../ui/button.tsx'
import { Failure } from '../../ui/failure.tsx'
import { FileDrop } from '../../ui/file-drop.tsx'
import { Notice } from '../../ui/notice.tsx'
import { Loading, Page } from '../../ui/page.tsx'
import { SignaturePanel } from '../../ui/signature-panel.tsx'

function useFileVerification() {
  const { client, upload } = useOfficeBridge()
  return useAction(async (file: File) => {
    const sent = await upload(file)
    if (!sent.ok) return sent
    const answer = await client.verification.file({ uploadId: sent.value.uploadId })
    if (!answer.ok) return answer
    return { ok: true as const, value: { ...answer.value, fileName: file.name } }
  })
}
type Verified = NonNullable<Awaited<ReturnType<ReturnType<typeof useFileVerification>[0]>>>

/** 検証: any PDF, of whatever make; nothing is kept. */
export function VerifyPage() {
  const [verify, action] = useFileVerification()
  const [verified, setVerified] = useState<Verified | undefined>(undefined)
  const take = async (file: File | undefined) => {
    if (file) setVerified(await verify(file))
  }
  if (verified) return <VerifiedFile verified={verified} onAgain={() => setVerified(undefined)} />
  return (
    <Page title={text.title} lead={text.lead}>
      <div className="max-w-3xl">
        <FileDrop
          label={action.pending ? text.checking : text.drop}
          hint={text.hint}
          accept={['application/pdf', '.pdf']}
          disabled={action.pending}
          onFiles={([file]) => void take(file)}
        />
      </div>
      <Failure error={action.error} />
    </Page>
  )
}

function VerifiedFile(props: { readonly verified: Verified; readonly onAgain: () => void }) {
  const { fileUrl } = useOfficeBridge()
  const { verified } = props
  const pdf = useOpenPdf(fileUrl(verified.ticket))
  const goTo = useRef<((page: number) => void) | undefined>(undefined)
  return (
    <div className="flex h-full min-h-0 flex-col">
      <header className="flex flex-wrap items-center justify-between gap-4 border-b border-solid-gray-300 px-6 py-3">
        <div>
          <h1 className="text-[1.25rem] leading-[1.4] font-bold">{text.title}</h1>
          <p className="break-all">{verified.fileName}</p>
        </div>
        <Button look="primary" onPress={props.onAgain}>
          {text.again}
        </Button>
      </header>
      <div className="grid min-h-0 flex-1 grid-cols-[minmax(0,1fr)_24rem] max-md:block">
        <div className="min-h-0 max-md:h-[80vh]">
          {pdf.state === 'open' ? (
            <VerifiedPages
              file={pdf.file}
              title={verified.fileName}
              onReady={(go) => {
                goTo.current = go
              }}
            />
          ) : pdf.state === 'failed' ? (
            <div className="p-6">
              <Notice severity="stop">{viewerText.failed[pdf.code]}</Notice>
            </div>
          ) : (
            <Loading />
          )}
        </div>
        <aside
          aria-label={signatureText.title}
          className="min-h-0 overflow-y-auto border-l border-solid-gray-300 px-4 py-4"
        >
          <h2 className="mb-3 text-[1.0625rem] font-bold">{signatureText.title}</h2>
          <SignaturePanel
            report={verified.report}
            verifiedAt={verified.verifiedAt}
            onShowPage={(page) => goTo.current?.(page)}
          />
        </aside>
      </div>
    </div>
  )
}

function VerifiedPages(props: {
  readonly file: PdfFile
  readonly title: string
  readonly onReady: (goTo: (page: number) => void) => void
}) {
  const view = usePdfView(props.file)
  const searchRef = useRef<HTMLInputElement>(null)
  props.onReady(view.goTo)
  return (
    <div className="pdf-viewer">
      <PdfToolbar view={view} searchRef={searchRef} />
      <div className="pdf-body">
        <PdfPages view={view} title={props.title} onWantSearch={() => searchRef.current?.focus()} />
      </div>
    </div>
  )
}
