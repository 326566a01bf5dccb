import { createStore, type StoreApi } from 'zustand'
import type { CaseId } from '../../../../shared/model/brand.ts'
import type { PreflightReport } from '../../../../shared/model/document.ts'
import type { OfficeBridge } from '../../../bridge/office-bridge.ts'

export type ImportRole = 'sign' | 'view' | 'attachment'
type Failed = { readonly code: string; readonly data: unknown }

/** One file on its way in: uploaded, examined, then taken or not. */
export type ImportItem = {
  readonly key: number
  readonly file: File
  readonly title: string
  readonly role: ImportRole
  readonly uploadId?: string
  readonly report?: PreflightReport
  readonly error?: Failed
  readonly pending: boolean
}

export type ImportState = {
  readonly items: readonly ImportItem[]
  readonly examine: (files: readonly File[]) => Promise<void>
  readonly change: (key: number, part: Partial<Pick<ImportItem, 'title' | 'role'>>) => void
  readonly discard: (key: number) => void
  readonly importOne: (key: number, repair: boolean) => Promise<void>
  /** Takes in every file that is ready, in order. */
  readonly importAll: () => Promise<void>
}

export function createImportStore(bridge: OfficeBridge, caseId: CaseId): StoreApi<ImportState> {
  let nextKey = 1
  return createStore<ImportState>()((set, get) => {
    const patch = (key: number, part: Partial<ImportItem>) =>
      set((old) => ({ items: old.items.map((item) => (item.key === key ? { ...item, ...part } : item)) }))
    const examineOne = async (item: ImportItem) => {
      const sent = await bridge.upload(item.file)
      if (!sent.ok) return patch(item.key, { error: sent.error })
      const { uploadId } = sent.value
      const answer = await bridge.client.documents.preflight({ uploadId })
      patch(item.key, answer.ok ? { uploadId, report: answer.value } : { error: answer.error })
    }
    return {
      items: [],
      examine: async (files) => {
        const added = files.map((file) => {
          const item: ImportItem = {
            key: nextKey,
            file,
            title: titleOf(file.name),
            role: 'sign',
            pending: false,
          }
          nextKey += 1
          return item
        })
        set((old) => ({ items: [...old.items, ...added] }))
        for (const item of added) await examineOne(item)
      },
      change: patch,
      discard: (key) => set((old) => ({ items: old.items.filter((item) => item.key !== key) })),
      importOne: async (key, repair) => {
        const item = get().items.find((candidate) => candidate.key === key)
        if (item?.uploadId === undefined || item.pending) return
        patch(key, { pending: true })
        const answer = await bridge.client.documents.import({
          caseId,
          uploadId: item.uploadId,
          title: item.title,
          role: item.role,
          repair,
        })
        if (answer.ok) get().discard(key)
        else patch(key, { pending: false, error: answer.error })
      },
      importAll: async () => {
        for (const item of get().items)
          if (item.report?.canSend === true) await get().importOne(item.key, false)
      },
    }
  })
}

/** The file's name without its extension, as a first title. */
export function titleOf(fileName: string): string {
  return (
    fileName
      .replace(/\.pdf$/i, '')
      .trim()
      .slice(0, 200) || 'PDF'
  )
}
