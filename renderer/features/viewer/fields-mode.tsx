import { type ReactNode, useCallback, useEffect, useRef, useState } from 'react'
import { useStore } from 'zustand'
import type { CaseDocument } from '../../../shared/model/document.ts'
import type { CaseSigner } from '../../../shared/model/signer.ts'
import { useOfficeBridge } from '../../bridge/office-bridge.ts'
import { fieldsText as text, viewerText } from '../../i18n/ja/viewer.ts'
import type { PdfFile } from '../../pdf/load-pdf.ts'
import type { PageGeometry } from '../../pdf/page-geometry.ts'
import type { PdfView } from '../../pdf/use-pdf-view.ts'
import { useToast } from '../../ui/toast.tsx'
import { DocumentView } from './document-view.tsx'
import { fieldAround } from './field-geometry.ts'
import { FieldOverlay } from './field-overlay.tsx'
import { FieldsPanel, fieldName } from './fields-panel.tsx'
import { createFieldsStore, defaultLook, type FieldsState } from './fields-store.ts'
import type { ViewedCase } from './use-viewed-case.ts'

type Props = {
  readonly view: ViewedCase
  readonly document: CaseDocument
  readonly file: PdfFile
  readonly tools: ReactNode
}

function useFields(view: ViewedCase): FieldsState {
  const { client } = useOfficeBridge()
  const [store] = useState(() => createFieldsStore(client, view.detail.id, view.fields))
  return useStore(store)
}

/** Asks before the window closes over unsaved work. */
function useUnsavedGuard(isDirty: boolean): void {
  useEffect(() => {
    if (!isDirty) return undefined
    const warn = (event: BeforeUnloadEvent) => event.preventDefault()
    window.addEventListener('beforeunload', warn)
    return () => window.removeEventListener('beforeunload', warn)
  }, [isDirty])
}

const isTownParty = (signer: CaseSigner) =>
  signer.fields.side === 'town' && signer.fields.signatureType === 'party'

/** Pages with the fields over them and the panel beside. */
export function FieldsMode({ view, document, file, tools }: Props) {
  const state = useFields(view)
  const toast = useToast()
  const pages = useRef<PdfView | undefined>(undefined)
  useUnsavedGuard(state.isDirty)
  const add = async (signer: CaseSigner) => {
    const page = pages.current?.page ?? 1
    const look = defaultLook(isTownParty(signer))
    // Lower right of the page that is shown, where signatures stand; the next one above the last.
    const [left = 0, bottom = 0, right = 595] = (await file.page(page)).view
    const count = state.fields.filter(
      (field) => field.documentId === document.id && field.page === page,
    ).length
    const { width, height } = look
    const x = right - width - 60
    const y = bottom + 80 + count * (height + 12)
    state.add({ documentId: document.id, signerId: signer.id, page, ...look, x: Math.max(left, x), y })
  }
  const save = async () => {
    if (await state.save()) toast(text.saved)
  }
  const onView = useCallback((next: PdfView) => {
    pages.current = next
  }, [])
  const overlay = (page: number, geometry: PageGeometry) => (
    <PageFields page={page} geometry={geometry} state={state} view={view} document={document} />
  )
  return (
    <div className="grid h-full grid-cols-[minmax(0,1fr)_22rem] max-md:block">
      <div className="min-h-0 max-md:h-[80vh]">
        <DocumentView file={file} title={document.title} tools={tools} overlay={overlay} onView={onView} />
      </div>
      <aside
        aria-label={viewerText.fields}
        className="min-h-0 overflow-y-auto border-l border-solid-gray-300 px-4 pt-4"
      >
        <h2 className="mb-2 text-[1.0625rem] font-bold">{viewerText.fields}</h2>
        <FieldsPanel
          state={state}
          document={document}
          signers={view.signers}
          onAdd={(signer) => void add(signer)}
          onSave={() => void save()}
        />
      </aside>
    </div>
  )
}

function PageFields(props: {
  readonly page: number
  readonly geometry: PageGeometry
  readonly state: FieldsState
  readonly view: ViewedCase
  readonly document: CaseDocument
}) {
  const { page, geometry, state, view, document } = props
  const here = (field: { readonly documentId: string; readonly page: number }) =>
    field.documentId === document.id && field.page === page
  const signerName = (signerId: string) =>
    view.signers.find((signer) => signer.id === signerId)?.fields.name ?? text.unknownSigner
  const dragged = view.signers.find((signer) => signer.id === state.dragging)
  return (
    <FieldOverlay
      geometry={geometry}
      canEdit
      fields={[
        ...state.fields.filter(here).map((field) => ({
          ...field,
          label: fieldName(state, view.signers, field),
          isProposal: false,
          isSelected: state.selected === field.key,
          isNew: state.added === field.key,
        })),
        ...state.proposals.filter(here).map((field) => ({
          ...field,
          label: text.proposal(signerName(field.signerId)),
          isProposal: true,
          isSelected: false,
          isNew: false,
        })),
      ]}
      onSelect={state.select}
      onPlace={state.place}
      onRemove={state.remove}
      onDrop={
        dragged === undefined
          ? undefined
          : (place) => {
              const look = defaultLook(isTownParty(dragged))
              const rect = fieldAround(place, look, geometry)
              state.add({ documentId: document.id, signerId: dragged.id, page, ...look, ...rect })
            }
      }
    />
  )
}
