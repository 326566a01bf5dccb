import type { PortalManifest } from '../../../shared/portal-api/manifest.ts'
import { Button } from '../components/button.tsx'
import { Dialog } from '../components/dialog.tsx'
import { Facts } from '../components/frame.tsx'
import { portalText } from '../ja.ts'
import type { Documents } from '../use-documents.ts'

const text = portalText.review

/** File names, sizes and the SHA-256 that this page computed. */
export function DetailsDialog(props: {
  readonly manifest: PortalManifest
  readonly documents: Documents
  readonly isOpen: boolean
  readonly onClose: () => void
}) {
  return (
    <Dialog
      title={text.detailsTitle}
      isOpen={props.isOpen}
      onClose={props.onClose}
      buttons={<Button onPress={props.onClose}>{portalText.close}</Button>}
    >
      <p>{text.detailsLead}</p>
      {props.manifest.documents.map((document) => {
        const state = props.documents.states.get(document.id)
        return (
          <section key={document.id}>
            <h3 className="font-bold">{document.title}</h3>
            <Facts
              items={[
                [text.fileName, document.fileName],
                [text.size, text.bytes(document.sizeBytes)],
                [text.pages, text.pageCount(document.pages)],
                [
                  text.sha256,
                  <code key="sha256" className="break-all">
                    {state?.kind === 'ready' ? state.loaded.sha256 : text.notLoaded}
                  </code>,
                ],
              ]}
            />
          </section>
        )
      })}
    </Dialog>
  )
}
