import type { CaseDocument, SignatureField } from '../../../shared/model/document.ts'
import type { CaseSigner } from '../../../shared/model/signer.ts'
import { uiText } from '../../i18n/ja/ui.ts'
import { fieldsText as text } from '../../i18n/ja/viewer.ts'
import { Button } from '../../ui/button.tsx'
import { SelectInput } from '../../ui/choice-input.tsx'
import { Failure } from '../../ui/failure.tsx'
import { Notice } from '../../ui/notice.tsx'
import { NumberInput } from '../../ui/number-input.tsx'
import type { EditedField, FieldsState } from './fields-store.ts'

export type FieldsPanelProps = {
  readonly state: FieldsState
  readonly document: CaseDocument
  readonly signers: readonly CaseSigner[]
  readonly onAdd: (signer: CaseSigner) => void
  readonly onSave: () => void
}

export function fieldName(state: FieldsState, signers: readonly CaseSigner[], field: EditedField): string {
  const signer = signers.find((candidate) => candidate.id === field.signerId)
  const index = state.fields.filter((other) => other.documentId === field.documentId).indexOf(field)
  return text.field(index + 1, signer?.fields.name ?? text.unknownSigner)
}

/** Signers to add, fields with their numbers, proposals one by one. */
export function FieldsPanel(props: FieldsPanelProps) {
  const { state, document, signers } = props
  const fields = state.fields.filter((field) => field.documentId === document.id)
  const without = signers.filter((signer) => !state.fields.some((field) => field.signerId === signer.id))
  return (
    <section aria-label={text.list} className="flex flex-col gap-5">
      <p className="text-[0.9375rem]">{text.lead}</p>
      <Failure error={state.error} />
      {signers.length === 0 ? (
        <Notice severity="warn">{text.noSigners}</Notice>
      ) : (
        <SignerButtons {...props} />
      )}
      <Proposals {...props} />
      <div className="flex flex-col gap-3">
        <h3 className="font-bold">{text.list}</h3>
        {fields.length === 0 ? <p className="text-solid-gray-700">{text.empty}</p> : null}
        {fields.map((field) => (
          <FieldCard key={field.key} field={field} {...props} />
        ))}
        {fields.length > 0 ? <p className="text-[0.8125rem] text-solid-gray-700">{text.unit}</p> : null}
      </div>
      <div className="sticky bottom-0 flex flex-col gap-2 border-t border-solid-gray-300 bg-white py-3">
        {without.length > 0 ? (
          <p className="text-[0.875rem]">
            {text.missing(without.map((signer) => signer.fields.name).join('、'))}
          </p>
        ) : null}
        {state.isDirty ? (
          <p role="status" className="text-[0.875rem] font-bold text-yellow-1000">
            {text.unsaved}
          </p>
        ) : null}
        <Button look="primary" isDisabled={!state.isDirty || state.pending} onPress={props.onSave}>
          {state.pending ? uiText.working : text.save}
        </Button>
      </div>
    </section>
  )
}

function SignerButtons({ state, document, signers, onAdd }: FieldsPanelProps) {
  return (
    <div className="flex flex-col gap-2">
      <h3 className="font-bold">{text.signers}</h3>
      <p className="text-[0.8125rem] text-solid-gray-700">{text.drag}</p>
      {signers.map((signer) => {
        const count = state.fields.filter(
          (field) => field.signerId === signer.id && field.documentId === document.id,
        ).length
        return (
          // biome-ignore lint/a11y/noStaticElementInteractions: dragging is a second way; the button inside is the first.
          <div
            key={signer.id}
            draggable={count === 0}
            onDragStart={(event) => {
              event.dataTransfer.setData('text/plain', signer.id)
              state.drag(signer.id)
            }}
            onDragEnd={() => state.drag(undefined)}
            className="flex items-center gap-2"
          >
            <span aria-hidden="true" className="cursor-grab text-solid-gray-600">
              ⠿
            </span>
            <Button size="small" isDisabled={count > 0} onPress={() => onAdd(signer)}>
              {text.add(signer.fields.name)}
            </Button>
            <span className="text-[0.8125rem] text-solid-gray-700">
              {count === 0 ? text.none : text.placed}
            </span>
          </div>
        )
      })}
    </div>
  )
}

function Proposals({ state, document, signers }: FieldsPanelProps) {
  const nameOf = (proposal: EditedField) =>
    signers.find((signer) => signer.id === proposal.signerId)?.fields.name ?? text.unknownSigner
  return (
    <div className="flex flex-col gap-2">
      <div>
        <Button
          size="small"
          isDisabled={signers.length === 0}
          onPress={() => void state.propose(document.id)}
        >
          {text.propose}
        </Button>
      </div>
      {state.hasProposed && state.proposals.length === 0 ? (
        <p role="status" className="text-[0.875rem] text-solid-gray-700">
          {text.noProposals}
        </p>
      ) : null}
      {state.proposals.length > 0 ? (
        <>
          <div className="flex items-center justify-between gap-2">
            <h3 className="font-bold">{text.proposals}</h3>
            <Button size="small" onPress={state.acceptAll}>
              {text.acceptAll}
            </Button>
          </div>
          <ul className="flex flex-col gap-2">
            {state.proposals.map((proposal) => (
              <li key={proposal.key} className="rounded-8 border border-dashed border-magenta-900 px-3 py-2">
                <p>
                  {nameOf(proposal)}
                  <span className="block text-[0.8125rem] text-solid-gray-700">
                    {text.place(proposal.page, proposal.x, proposal.y)}
                  </span>
                </p>
                <div className="mt-1 flex gap-2">
                  <Button size="small" onPress={() => state.accept(proposal.key)}>
                    {text.accept}
                  </Button>
                  <Button size="small" look="quiet" onPress={() => state.dismiss(proposal.key)}>
                    {text.dismiss}
                  </Button>
                </div>
              </li>
            ))}
          </ul>
        </>
      ) : null}
    </div>
  )
}

const APPEARANCES: readonly SignatureField['appearance'][] = ['seal-image', 'text', 'invisible']

function FieldCard({ field, state, signers, document }: FieldsPanelProps & { readonly field: EditedField }) {
  const isSelected = state.selected === field.key
  return (
    <div className={`rounded-8 border px-3 py-2 ${isSelected ? 'border-blue-900' : 'border-solid-gray-420'}`}>
      <button
        type="button"
        className="w-full text-left"
        aria-expanded={isSelected}
        onClick={() => state.select(isSelected ? undefined : field.key)}
      >
        <b>{fieldName(state, signers, field)}</b>
        <span className="block text-[0.8125rem] text-solid-gray-700">
          {text.place(field.page, field.x, field.y)}
        </span>
      </button>
      {isSelected ? <FieldInputs field={field} state={state} document={document} /> : null}
    </div>
  )
}

function FieldInputs(props: {
  readonly field: EditedField
  readonly state: FieldsState
  readonly document: CaseDocument
}) {
  const { field, state, document } = props
  const number = (label: string, name: 'x' | 'y' | 'width' | 'height') => (
    <NumberInput
      label={label}
      grouped={false}
      value={Math.round(field[name])}
      onChange={(value) => {
        if (value === null || (value === 0 && name !== 'x' && name !== 'y')) return
        const { x, y, width, height } = field
        state.place(field.key, { x, y, width, height, [name]: value })
      }}
    />
  )
  return (
    <>
      <div className="mt-2 grid grid-cols-2 gap-2">
        <SelectInput
          label={text.page}
          value={String(field.page)}
          options={Array.from({ length: document.pages }, (_, index) => ({
            value: String(index + 1),
            label: String(index + 1),
          }))}
          onChange={(page) => state.change(field.key, { page: Number(page) })}
        />
        <SelectInput
          label={text.appearance}
          value={field.appearance}
          options={APPEARANCES.map((value) => ({ value, label: text.appearances[value] }))}
          onChange={(appearance) => state.change(field.key, { appearance })}
        />
        {number(text.x, 'x')}
        {number(text.y, 'y')}
        {number(text.width, 'width')}
        {number(text.height, 'height')}
      </div>
      <div className="mt-2">
        <Button size="small" look="danger" onPress={() => state.remove(field.key)}>
          {text.remove}
        </Button>
      </div>
    </>
  )
}
