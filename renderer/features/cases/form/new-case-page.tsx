import { type FormEvent, useEffect, useRef, useState } from 'react'
import { CaseId } from '../../../../shared/model/brand.ts'
import { SignerFields } from '../../../../shared/model/signer.ts'
import { useOfficeBridge } from '../../../bridge/office-bridge.ts'
import { useSession } from '../../../bridge/session.tsx'
import { useAction } from '../../../bridge/use-action.ts'
import { formatDay } from '../../../i18n/format.ts'
import { casesText } from '../../../i18n/ja/cases.ts'
import { uiText } from '../../../i18n/ja/ui.ts'
import { Button, LinkButton } from '../../../ui/button.tsx'
import { Failure } from '../../../ui/failure.tsx'
import { focusFirstProblem } from '../../../ui/focus-problem.ts'
import { Notice } from '../../../ui/notice.tsx'
import { Page } from '../../../ui/page.tsx'
import { hrefOf, navigate, useRoute } from '../../../ui/router.ts'
import type { CaseView } from '../detail/use-case.ts'
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

/** What an amendment has in common with the contract it changes, where nothing was typed yet. */
function withParent(draft: CaseDraft, { fields }: CaseView['detail']): CaseDraft {
  const isEmpty = draft.counterparties.every((party) => Object.values(party).every((value) => value === ''))
  const { kind, method, department, taxMode, folderId, twoFactorRequired } = fields
  return {
    ...draft,
    ...{ kind, method, department, taxMode, folderId, twoFactorRequired },
    title: draft.title === '' ? casesText.parent.titleOf(fields.title) : draft.title,
    counterparties:
      isEmpty && fields.counterparties.length > 0 ? fields.counterparties : draft.counterparties,
  }
}

/** The 原契約 of the draft, read when it is chosen or named by the address (`?parent=`). */
function useParent(onRead: (detail: CaseView['detail']) => void) {
  const { client } = useOfficeBridge()
  const asked = useRoute().query.get('parent')
  const [parent, setParent] = useState<CaseView | undefined>(undefined)
  const take = async (caseId: CaseId) => {
    const found = await client.cases.read({ caseId })
    if (!found.ok) return
    setParent(found.value)
    onRead(found.value.detail)
  }
  const latest = useRef(take)
  useEffect(() => {
    latest.current = take
  })
  useEffect(() => {
    const caseId = CaseId.safeParse(asked)
    if (asked !== null && caseId.success) void latest.current(caseId.data)
  }, [asked])
  return [parent, take] as const
}

/** What the amendment takes over, in words. */
function Inherited(props: { readonly parent: CaseView; readonly isOnPaper: boolean }) {
  const { detail, signers, inheritedApplicationDate } = props.parent
  const day = detail.fields.applicationDate ?? inheritedApplicationDate
  if (props.isOnPaper) return <Notice severity="warn">{casesText.parent.onPaper}</Notice>
  if (day === null) return <Notice severity="warn">{casesText.parent.inheritsNothing}</Notice>
  const names = signers.map((signer) => signer.fields.name).join('、')
  return <Notice severity="info">{casesText.parent.inherits(formatDay(day), names)}</Notice>
}

export function NewCasePage() {
  const { client } = useOfficeBridge()
  const { status } = useSession()
  const departments = useTownFacts()?.departments ?? []
  const [draft, setDraft] = useState(() => emptyDraft(status.user?.department ?? ''))
  const [form, setForm] = useState<ReadForm | undefined>(undefined)
  const [tried, setTried] = useState(false)
  const [create, action] = useAction(client.cases.create)
  const [parent, takeParent] = useParent((detail) =>
    setDraft((old) => withParent({ ...old, parentCaseId: detail.id }, detail)),
  )
  const change = (next: CaseDraft) => {
    setDraft(next)
    const { parentCaseId } = next
    if (parentCaseId !== null && parentCaseId !== draft.parentCaseId) void takeParent(parentCaseId)
  }
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
          onChange={change}
          problems={tried ? problems : undefined}
          departments={departments}
          parent={parent?.detail}
        />
        {parent?.detail.id === draft.parentCaseId && parent !== undefined && form === undefined ? (
          <Inherited parent={parent} isOnPaper={draft.amendmentOnPaper} />
        ) : null}
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
