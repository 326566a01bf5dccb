import type { EpochMs } from '../../shared/model/brand.ts'
import type { SignatureReport, VerificationReport } from '../../shared/model/verification.ts'
import { verdictLabel } from '../i18n/ja/labels.ts'
import { factTime, fileSentence, signatureSentence, signatureText as text } from '../i18n/ja/signature.ts'
import { Button } from './button.tsx'
import { Notice, type Severity } from './notice.tsx'
import { type Fact, Facts } from './page.tsx'
import { Tag, type Tone } from './tag.tsx'

const SEVERITY: Readonly<Record<VerificationReport['verdict'], Severity>> = {
  valid: 'done',
  'valid-with-permitted-changes': 'done',
  changed: 'stop',
  'unknown-signer': 'warn',
  broken: 'stop',
  unsigned: 'info',
  unreadable: 'stop',
}
const TONES: Readonly<Record<Severity, Tone>> = { done: 'green', stop: 'red', warn: 'yellow', info: 'grey' }

export type SignaturePanelProps = {
  readonly report: VerificationReport
  readonly verifiedAt: EpochMs
  readonly onShowPage?: (page: number) => void
  readonly onViewRevision?: (signatureIndex: number) => void
  readonly onPrint?: () => void
}

/** 署名パネル: one sentence for the file, one for each signature, the facts folded below each. */
export function SignaturePanel(props: SignaturePanelProps) {
  const { report } = props
  return (
    <section aria-label={text.title} className="flex flex-col gap-4">
      <Notice severity={SEVERITY[report.verdict]} label={verdictLabel[report.verdict]}>
        {fileSentence[report.verdict]}
      </Notice>
      {report.problems.length > 0 ? (
        <div>
          <h3 className="font-bold">{text.problems}</h3>
          <ul className="list-disc pl-6">
            {report.problems.map((problem) => (
              <li key={`${problem.code}${problem.text}`}>{problem.text}</li>
            ))}
          </ul>
        </div>
      ) : null}
      <ol className="flex flex-col gap-3">
        {report.signatures.map((signature, index) => (
          <SignatureCard
            key={`${signature.field} ${signature.revision}`}
            signature={signature}
            onShowPage={props.onShowPage}
            onViewRevision={props.onViewRevision ? () => props.onViewRevision?.(index) : undefined}
          />
        ))}
      </ol>
      <p className="text-[0.875rem] text-solid-gray-700">{text.verifiedAt(props.verifiedAt)}</p>
      {props.onPrint ? (
        <div>
          <Button size="small" onPress={props.onPrint}>
            {text.print}
          </Button>
        </div>
      ) : null}
    </section>
  )
}

function SignatureCard(props: {
  readonly signature: SignatureReport
  readonly onShowPage: ((page: number) => void) | undefined
  readonly onViewRevision: (() => void) | undefined
}) {
  const { signature, onShowPage } = props
  const { items } = signature.changesAfter
  return (
    <li className="flex flex-col gap-2 rounded-8 border border-solid-gray-420 px-3 py-2.5">
      <p>
        <Tag tone={TONES[SEVERITY[signature.verdict]]}>{verdictLabel[signature.verdict]}</Tag>
        <span className="ml-2">{signatureSentence(signature)}</span>
      </p>
      {items.length > 0 ? (
        <div>
          <h4 className="text-[0.9375rem] font-bold">{text.changes}</h4>
          <ul className="flex list-disc flex-col gap-1 pl-5">
            {items.map((item) => (
              <li key={`${item.code}${item.page}${item.text}`}>
                {item.text}
                {item.page !== null && onShowPage ? (
                  <Button size="small" look="quiet" onPress={() => onShowPage(item.page ?? 1)}>
                    {text.showPage(item.page)}
                  </Button>
                ) : null}
              </li>
            ))}
          </ul>
        </div>
      ) : null}
      {props.onViewRevision ? (
        <div>
          <Button size="small" onPress={props.onViewRevision}>
            {text.viewRevision}
          </Button>
        </div>
      ) : null}
      <details>
        <summary className="text-[0.9375rem] text-blue-900 underline">{text.details}</summary>
        <div className="pt-1">
          <Facts items={signatureFacts(signature)} />
        </div>
      </details>
    </li>
  )
}

function signatureFacts(signature: SignatureReport): readonly Fact[] {
  const { claims, timestamp } = signature
  const said = (name: string, value: string | null): Fact[] => (value === null ? [] : [{ name, value }])
  return [
    ...said(text.facts.name, claims.name),
    { name: text.facts.signer, value: signature.signer.commonName },
    ...said(text.facts.organization, signature.signer.organization),
    ...said(text.facts.reason, claims.reason),
    ...said(text.facts.location, claims.location),
    ...said(text.facts.contact, claims.contactInfo),
    { name: text.facts.claimedAt, value: factTime(signature.claimedAt) },
    {
      name: text.facts.timestamp,
      value:
        timestamp === null
          ? '―'
          : `${factTime(timestamp.time)}　${timestamp.authority}${timestamp.trusted ? text.trustedAuthority : text.unknownAuthority}`,
    },
    {
      name: text.facts.integrity,
      value: text.integrity[signature.verdict === 'unreadable' ? 'unknown' : signature.integrity],
    },
    { name: text.facts.trust, value: text.trust[signature.trust] },
    { name: text.facts.revocation, value: text.revocation[signature.revocation] },
    { name: text.facts.coverage, value: text.coverage[signature.coverage] },
    { name: text.facts.revision, value: text.revisionOf(signature.revision, signature.revisions) },
    { name: text.facts.level, value: signature.level },
    { name: text.facts.evidenceUntil, value: factTime(signature.evidenceUntil) },
    { name: text.facts.algorithm, value: signature.algorithm },
    { name: text.facts.field, value: signature.field },
    ...signature.reasons.map((reason) => ({ name: text.facts.reasons, value: reason.text })),
  ].map((fact, index) => ({ ...fact, key: `${fact.name}${index}` }))
}
