import { useOpenPdf } from '../../bridge/use-open-pdf.ts'
import { signatureText } from '../../i18n/ja/signature.ts'
import { uiText } from '../../i18n/ja/ui.ts'
import { viewerText } from '../../i18n/ja/viewer.ts'
import { PdfViewer } from '../../pdf/pdf-viewer.tsx'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Notice } from '../../ui/notice.tsx'
import { saveFile } from '../../ui/save-file.ts'

/** 署名時点の版: exactly the bytes that were signed. */
export function RevisionDialog(props: { readonly url: string; readonly onClose: () => void }) {
  const pdf = useOpenPdf(props.url)
  return (
    <Dialog
      title={signatureText.viewRevision}
      isOpen
      wide
      onClose={props.onClose}
      footer={
        <>
          <Button onPress={() => saveFile(props.url, `${signatureText.revisionName}.pdf`)}>
            {viewerText.save}
          </Button>
          <Button look="primary" onPress={props.onClose}>
            {uiText.close}
          </Button>
        </>
      }
    >
      <div className="h-[65vh]">
        {pdf.state === 'open' ? (
          <PdfViewer file={pdf.file} title={signatureText.viewRevision} withThumbnails />
        ) : pdf.state === 'failed' ? (
          <Notice severity="stop">{viewerText.failed[pdf.code]}</Notice>
        ) : (
          <p role="status">{viewerText.loading}</p>
        )}
      </div>
    </Dialog>
  )
}
