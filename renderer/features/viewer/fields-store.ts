import { createStore, type StoreApi } from 'zustand'
import type { CaseId, DocumentId, FieldId, SignerId } from '../../../shared/model/brand.ts'
import type { SignatureField } from '../../../shared/model/document.ts'
import type { OfficeBridge } from '../../bridge/office-bridge.ts'
import type { PdfRect } from '../../pdf/page-geometry.ts'

type Failed = { readonly code: string; readonly data: unknown }
/** A field on the screen; `id` only once it is saved. */
export type EditedField = Omit<SignatureField, 'id'> & {
  readonly key: number
  readonly id?: FieldId | undefined
}

export type FieldsState = {
  readonly fields: readonly EditedField[]
  readonly proposals: readonly EditedField[]
  readonly hasProposed: boolean
  readonly selected: number | undefined
  /** The field that was added last: it takes the focus, so that the arrow keys move it at once. */
  readonly added: number | undefined
  readonly dragging: SignerId | undefined
  readonly isDirty: boolean
  readonly pending: boolean
  readonly error: Failed | undefined
  readonly add: (field: Omit<EditedField, 'key'>) => void
  readonly place: (key: number, rect: PdfRect) => void
  readonly change: (key: number, part: Partial<Pick<EditedField, 'page' | 'appearance'>>) => void
  readonly remove: (key: number) => void
  readonly select: (key: number | undefined) => void
  readonly drag: (signerId: SignerId | undefined) => void
  readonly propose: (documentId: DocumentId) => Promise<void>
  readonly accept: (key: number) => void
  readonly acceptAll: () => void
  readonly dismiss: (key: number) => void
  /** True when everything is stored. */
  readonly save: () => Promise<boolean>
}

/** The fields of one case while they are placed. Saved all at once: a field that is gone here is gone in the case. */
export function createFieldsStore(
  client: OfficeBridge['client'],
  caseId: CaseId,
  saved: readonly SignatureField[],
): StoreApi<FieldsState> {
  let nextKey = 1
  const keyed = <F extends object>(field: F): F & { readonly key: number } => {
    const made = { ...field, key: nextKey }
    nextKey += 1
    return made
  }
  return createStore<FieldsState>()((set, get) => {
    const edit = (fields: readonly EditedField[], part: Partial<FieldsState> = {}) =>
      set({ fields, isDirty: true, error: undefined, ...part })
    const patch = (key: number, part: Partial<EditedField>) =>
      edit(get().fields.map((field) => (field.key === key ? { ...field, ...part } : field)))
    return {
      fields: saved.map(keyed),
      proposals: [],
      hasProposed: false,
      selected: undefined,
      added: undefined,
      dragging: undefined,
      isDirty: false,
      pending: false,
      error: undefined,
      add: (field) => {
        const made = keyed(field)
        edit([...get().fields, made], { selected: made.key, added: made.key, dragging: undefined })
      },
      place: patch,
      change: patch,
      remove: (key) =>
        edit(
          get().fields.filter((field) => field.key !== key),
          { selected: undefined },
        ),
      select: (selected) => set({ selected }),
      drag: (dragging) => set({ dragging }),
      propose: async (documentId) => {
        const answer = await client.documents.proposeFields({ caseId, documentId })
        const free = answer.ok ? answer.value.fields.filter((field) => !isTaken(get().fields, field)) : []
        if (answer.ok) set({ proposals: free.map(keyed), hasProposed: true, error: undefined })
        else set({ error: answer.error })
      },
      accept: (key) => {
        const proposal = get().proposals.find((candidate) => candidate.key === key)
        if (proposal === undefined) return
        // One field per signer and document: the other proposals for the same person fall away.
        edit([...get().fields, proposal], {
          selected: key,
          added: key,
          proposals: get().proposals.filter((candidate) => !isTaken([proposal], candidate)),
        })
      },
      acceptAll: () => {
        const free = get().proposals.filter((proposal) => !isTaken(get().fields, proposal))
        edit([...get().fields, ...free], { proposals: [] })
      },
      dismiss: (key) => set({ proposals: get().proposals.filter((candidate) => candidate.key !== key) }),
      save: async () => {
        if (get().pending) return false
        set({ pending: true, error: undefined })
        const answer = await client.documents.saveFields({
          caseId,
          fields: get().fields.map(({ key: _key, id, ...field }) =>
            id === undefined ? field : { ...field, id },
          ),
        })
        if (answer.ok) set({ fields: answer.value.fields.map(keyed), isDirty: false, pending: false })
        else set({ error: answer.error, pending: false })
        return answer.ok
      },
    }
  })
}

/** Size and look of a new field: the town's own seal is square, a person's name and time needs width. */
export function defaultLook(isTownParty: boolean): Pick<EditedField, 'width' | 'height' | 'appearance'> {
  return isTownParty
    ? { width: 64, height: 64, appearance: 'seal-image' }
    : { width: 170, height: 48, appearance: 'text' }
}

type Place = Pick<EditedField, 'documentId' | 'signerId'>

/** True when the signer already has a field in the document. */
function isTaken(fields: readonly Place[], wanted: Place): boolean {
  return fields.some((field) => field.documentId === wanted.documentId && field.signerId === wanted.signerId)
}
