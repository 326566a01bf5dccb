import { type FormEvent, useState } from 'react'
import { SignerFields } from '../../../../shared/model/signer.ts'
import { useOfficeBridge } from '../../../bridge/office-bridge.ts'
import { useSession } from '../../../bridge/session.tsx'
import { useAction } from '../../../bridge/use-action.ts'
import { casesText } from '../../../i18n/ja/cases.ts'
import { uiText } from '../../../i18n/ja/ui.ts'
import { Button, LinkButton } from '../../../ui/button.tsx'
import { Failure } from '../../../ui/failure.tsx'
import { focusFirstProblem } from '../../../ui/focus-problem.ts'
import { Notice } from '../../../ui/notice.tsx'
import { Page } from '../../../ui/page.tsx'
import { hrefOf, navigate } from '../../../ui/router.ts'
import { ApplicationReader, type ReadForm } from './application-reader.tsx'
import { CaseForm } from './case-form.tsx'
import { type CaseDraft, draftProblems, EMPTY_PARTY, emptyDraft, fieldsOf } from './case-form-model.ts'
import { useTownFacts } from './use-town-facts.ts'

const text = casesText.form

/** What the form proposes, over what is already typed. */
function withProposal(draft: CaseDraft, { reading }: ReadForm): CaseDraft {
  const { counterparties, ...proposed } = reading.proposal.fields
  const known = Object.fromEntries(Object.entries(proposed).filter(([, value]) => value !== undefined))
  return {
    ...draft,
    ...known,
    counterparties: (counterparties ?? draft.counterparties).map((party) => ({ ...EMPTY_PARTY, ...party })),
  }
}

/** The signer of the form, when it names enough of one. */
function signersOf(form: ReadForm | undefined) {
  const signer = SignerFields.safeParse({
    side: 'counterparty',
    signatureType: 'witness',
    step: 1,
    mailAddress: '',
    ...form?.reading.proposal.signer,
  })
  return signer.success && form !== undefined ? [signer.data] : []
}

export function NewCasePage() {
  const { client } = useOfficeBridge()
  const { status } = useSession()
  const departments = useTownFacts()?.departments ?? []
  const [draft, setDraft] = useState(() => emptyDraft(status.user?.department ?? ''))
  const [form, setForm] = useState<ReadForm | undefined>(undefined)
  const [tried, setTried] = useState(false)
  const [create, action] = useAction(client.cases.create)
  const problems = draftProblems(draft)
  const signers = signersOf(form)
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (problems.count > 0) return focusFirstProblem()
    const made = await create({
      fields: fieldsOf(draft),
      signers,
      ...(form ? { applicationUploadId: form.uploadId } : {}),
    })
    if (made) navigate(hrefOf(['cases', made.caseId]))
  }
  return (
    <Page
      title={text.newTitle}
      lead={text.newLead}
      back={{ href: hrefOf(['cases']), label: casesText.list.title }}
    >
      {form === undefined ? (
        <ApplicationReader
          onUse={(read) => {
            setForm(read)
            setDraft((old) => withProposal(old, read))
          }}
        />
      ) : (
        <Notice severity="done" live>
          {casesText.application.used}
          {signers.map((signer) => casesText.application.signer(signer.name))}
        </Notice>
      )}
      <form onSubmit={submit} noValidate className="flex flex-col gap-6">
        <CaseForm
          draft={draft}
          onChange={setDraft}
          problems={tried ? problems : undefined}
          departments={departments}
        />
        <Failure error={action.error} />
        <div className="flex gap-3">
          <Button type="submit" look="primary" isDisabled={action.pending}>
            {action.pending ? uiText.working : text.create}
          </Button>
          <LinkButton href={hrefOf(['cases'])}>{uiText.cancel}</LinkButton>
        </div>
      </form>
    </Page>
  )
}
