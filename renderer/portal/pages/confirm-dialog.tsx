import type { PortalManifest } from '../../../shared/portal-api/manifest.ts'
import { Button } from '../components/button.tsx'
import { Dialog } from '../components/dialog.tsx'
import { Facts, Message } from '../components/frame.tsx'
import { portalText } from '../ja.ts'
import { signerLine } from '../signer-line.ts'
import type { Answering } from '../use-answer.ts'
import type { Documents } from '../use-documents.ts'

const text = portalText.confirm

/** The last look: what is signed, by whom, with which words. */
export function ConfirmDialog(props: {
  readonly manifest: PortalManifest
  readonly documents: Documents
  readonly isOpen: boolean
  readonly answering: Answering
  readonly onClose: () => void
  readonly onConfirm: () => void
}) {
  const { manifest, documents, answering } = props
  const toSign = manifest.documents.filter(({ role }) => role === 'sign')
  const toView = manifest.documents.filter(({ role }) => role === 'view')
  return (
    <Dialog
      title={text.title}
      isOpen={props.isOpen}
      isBusy={answering.isSending}
      onClose={props.onClose}
      buttons={
        <>
          <Button isDisabled={answering.isSending} onPress={props.onClose}>
            {portalText.back}
          </Button>
          <Button look="primary" isDisabled={answering.isSending} onPress={props.onConfirm}>
            {answering.isSending ? text.sending : text.finish}
          </Button>
        </>
      }
    >
      <p>{text.lead}</p>
      <Facts
        items={[
          [text.documents, <Titles key="sign" titles={toSign.map(({ title }) => title)} />],
          ...(toView.length === 0
            ? []
            : [
                [
                  text.reference,
                  <Titles
                    key="view"
                    titles={toView.map(
                      ({ id, title }) => `${title}${documents.isOpened(id) ? '' : text.referenceUnseen}`,
                    )}
                  />,
                ] as const,
              ]),
          [text.as, signerLine(manifest.signer)],
          [text.statement, manifest.consentStatement],
        ]}
      />
      {manifest.notes.length === 0 ? null : (
        <section>
          <h3 className="font-bold">{text.notes}</h3>
          <ul className="list-disc pl-6">
            {manifest.notes.map((note) => (
              <li key={note}>{note}</li>
            ))}
          </ul>
        </section>
      )}
      {answering.error === undefined ? null : <Message tone="error">{answering.error}</Message>}
    </Dialog>
  )
}

function Titles({ titles }: { readonly titles: readonly string[] }) {
  return (
    <ul>
      {titles.map((title) => (
        <li key={title}>{title}</li>
      ))}
    </ul>
  )
}
