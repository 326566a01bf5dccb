import type { CaseSigner } from '../../../../shared/model/signer.ts'
import { useOfficeBridge } from '../../../bridge/office-bridge.ts'
import { useAction } from '../../../bridge/use-action.ts'
import { detailText } from '../../../i18n/ja/detail.ts'
import { sideLabel, signatureTypeLabel } from '../../../i18n/ja/labels.ts'
import { ConfirmDialog } from '../../../ui/dialog.tsx'
import { Failure } from '../../../ui/failure.tsx'
import { useToast } from '../../../ui/toast.tsx'
import type { CaseView } from './use-case.ts'

const text = detailText.send

/** Who gets what, before anything leaves the office. */
export function SendDialog({ view, onClose }: { readonly view: CaseView; readonly onClose: () => void }) {
  const { client } = useOfficeBridge()
  const toast = useToast()
  const [send, action] = useAction(client.sending.send)
  const signers = [...view.signers].sort((left, right) => left.fields.step - right.fields.step)
  const firstStep = signers[0]?.fields.step ?? 1
  const shown = view.documents.filter((document) => document.role === 'sign' || document.role === 'view')
  const confirm = async () => {
    if ((await send({ caseId: view.detail.id })) === undefined) return
    toast(text.done)
    onClose()
  }
  return (
    <ConfirmDialog
      title={text.title}
      isOpen
      wide
      onClose={onClose}
      confirmLabel={text.confirm}
      onConfirm={() => void confirm()}
      pending={action.pending}
      error={<Failure error={action.error} />}
    >
      <p>{text.lead}</p>
      <section>
        <h3 className="mb-1 font-bold">{text.who}</h3>
        <ol className="flex flex-col gap-2">
          {signers.map((signer) => (
            <Recipient key={signer.id} signer={signer} isLater={signer.fields.step > firstStep} />
          ))}
        </ol>
      </section>
      <section>
        <h3 className="mb-1 font-bold">{text.what}</h3>
        <ul className="list-disc pl-6">
          {shown.map((document) => (
            <li key={document.id}>
              {document.title}
              <span className="ml-2 text-[0.875rem] text-solid-gray-700">
                {document.role === 'sign' ? text.signDocument : text.viewDocument}
              </span>
            </li>
          ))}
        </ul>
      </section>
    </ConfirmDialog>
  )
}

function Recipient({ signer, isLater }: { readonly signer: CaseSigner; readonly isLater: boolean }) {
  const { fields } = signer
  const withoutMail = fields.side === 'town' && fields.signatureType === 'party'
  return (
    <li className="rounded-8 border border-solid-gray-300 px-3 py-2">
      <p>
        <span className="mr-2 text-[0.875rem] text-solid-gray-700">{text.step(fields.step)}</span>
        <b>{[fields.company, fields.position, fields.name].filter(Boolean).join(' ')}</b>
        <span className="ml-2 text-[0.875rem]">
          {sideLabel[fields.side]}・{signatureTypeLabel[fields.signatureType]}
        </span>
      </p>
      {withoutMail ? (
        <p className="text-[0.9375rem]">{text.noMail}</p>
      ) : (
        <p className="text-[0.9375rem]">
          <b className="break-all">{fields.mailAddress}</b>
          <span className="ml-3">{fields.hasAccessCode ? text.withCode : text.withoutCode}</span>
          <span className="ml-3">{text.until(fields.deadlineDays)}</span>
        </p>
      )}
      {isLater && !withoutMail ? <p className="text-[0.875rem] text-solid-gray-700">{text.later}</p> : null}
      {fields.contactMailAddress ? (
        <p className="text-[0.875rem] text-solid-gray-700">
          {text.copy(`${fields.contactName}（${fields.contactMailAddress}）`)}
        </p>
      ) : null}
    </li>
  )
}
