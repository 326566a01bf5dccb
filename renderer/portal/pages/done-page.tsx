import type { PortalManifest } from '../../../shared/portal-api/manifest.ts'
import type { PortalReceipt } from '../../../shared/portal-api/wire.ts'
import { Button } from '../components/button.tsx'
import { Facts, Frame } from '../components/frame.tsx'
import { formatMoment, portalText } from '../ja.ts'
import { signerLine } from '../signer-line.ts'

const text = portalText.done

/** 完了 and 辞退: what was received, and what happens next. */
export function DonePage(props: {
  readonly answer: 'consent' | 'refusal'
  readonly receipt: PortalReceipt
  readonly manifest: PortalManifest
}) {
  const { answer, receipt, manifest } = props
  const isConsent = answer === 'consent'
  const signed = manifest.documents.filter(({ role }) => role === 'sign')
  return (
    <Frame title={isConsent ? text.consentTitle : text.refusalTitle} screen="done" contact={manifest.contact}>
      <p>{isConsent ? text.consentBody : text.refusalBody}</p>
      <Facts
        items={[
          [text.caseTitle, manifest.caseTitle],
          ...(isConsent ? [[text.documents, signed.map(({ title }) => title).join('、')] as const] : []),
          [isConsent ? text.signer : text.decliner, signerLine(manifest.signer)],
          [portalText.receivedAt, formatMoment(receipt.receivedAt)],
          [portalText.receiptNumber, receipt.receiptNumber.replace(/(.{4})(?=.)/g, '$1 ')],
        ]}
      />
      {isConsent ? (
        <section>
          <h2 className="text-[1.125rem] font-bold">{text.nextTitle}</h2>
          <ol className="list-decimal pl-6">
            {text.next.map((sentence) => (
              <li key={sentence}>{sentence}</li>
            ))}
          </ol>
        </section>
      ) : null}
      <div className="print:hidden">
        <Button onPress={() => window.print()}>{text.print}</Button>
      </div>
    </Frame>
  )
}
