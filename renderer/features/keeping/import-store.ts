import { createStore, type StoreApi } from 'zustand'
import { IMPORT_PART_BYTES, type ImportDraft } from '../../../shared/bridge/imports.ts'
import type { OfficeBridge } from '../../bridge/office-bridge.ts'
import type { PlacedFile } from '../../ui/folder-drop.tsx'

type Failed = { readonly code: string; readonly data: unknown }
export type ImportState = {
  /** undefined: not asked yet; null: nothing gathered. */
  readonly draft: ImportDraft | null | undefined
  /** What is on its way; null = nothing. */
  readonly sending: { readonly done: number; readonly total: number; readonly sentBytes: number } | null
  /** Files that a failure or a stop left behind: they can be sent on. */
  readonly left: readonly PlacedFile[]
  readonly error: Failed | undefined
  /** Names of files that were not taken, by why. */
  readonly tooLarge: readonly string[]
  readonly unused: readonly string[]
  readonly replaced: number
  readonly load: () => Promise<void>
  /** Sends files one after the other; each is the draft's as soon as the main side has a handful of them. */
  readonly send: (files: readonly PlacedFile[]) => Promise<void>
  readonly stop: () => void
}

const A_HANDFUL = 20

/** Made once per person and kept while the page lives: who goes to another screen and comes back finds it as it is. */
export function createImportStore(bridge: OfficeBridge): StoreApi<ImportState> {
  let stopping = new AbortController()
  return createStore<ImportState>()((set, get) => {
    const addAll = async (sent: readonly Sent[]): Promise<boolean> => {
      if (sent.length === 0) return true
      const answer = await bridge.client.imports.addFiles({ files: [...sent] })
      if (!answer.ok) {
        set({ error: answer.error })
        return false
      }
      const { draft, replaced, unused } = answer.value
      set((old) => ({ draft, replaced: old.replaced + replaced, unused: [...old.unused, ...unused] }))
      return true
    }
    const count = (done: number, bytes: number) =>
      set(({ sending }) => ({
        sending: sending && { ...sending, done: sending.done + done, sentBytes: sending.sentBytes + bytes },
      }))
    /** @returns false when it must end here */
    const sendOne = async (chosen: PlacedFile, handful: Sent[]): Promise<boolean> => {
      const { file, path } = chosen
      const parts = isZip(path) ? Math.max(1, Math.ceil(file.size / IMPORT_PART_BYTES)) : 1
      for (let part = 0; part < parts; part += 1) {
        const piece = parts === 1 ? file : partOf(file, part)
        const answer = await bridge.upload(piece, { signal: stopping.signal })
        if (!answer.ok && answer.error.code === 'UPLOAD_TOO_LARGE') {
          set((old) => ({ tooLarge: [...old.tooLarge, path] }))
          return true
        }
        if (!answer.ok) {
          if (answer.error.code !== 'UPLOAD_CANCELLED') set({ error: answer.error })
          return false
        }
        handful.push({ uploadId: answer.value.uploadId, path, part, parts })
        count(part === parts - 1 ? 1 : 0, piece.size)
        if (handful.length < A_HANDFUL) continue
        if (!(await addAll(handful))) return false
        handful.length = 0
      }
      return true
    }
    return {
      ...NOTHING_SENT,
      draft: undefined,
      load: async () => {
        const answer = await bridge.client.imports.draft({})
        if (answer.ok) set({ draft: answer.value.draft })
        else set({ error: answer.error })
      },
      send: async (files) => {
        if (get().sending !== null) return
        const wanted = files.filter(({ path }) => isUsable(path))
        const unused = files.filter(({ path }) => !isUsable(path)).map(({ path }) => path)
        stopping = new AbortController()
        set({ ...NOTHING_SENT, unused, sending: { done: 0, total: wanted.length, sentBytes: 0 } })
        const handful: Sent[] = []
        let next = 0
        for (const chosen of wanted) {
          if (stopping.signal.aborted || !(await sendOne(chosen, handful))) break
          next += 1
        }
        const isAdded = await addAll(handful)
        // What could not be added is sent again: the same place takes the newer file.
        const first = isAdded ? next : wanted.findIndex(({ path }) => path === handful[0]?.path)
        set({ sending: null, left: wanted.slice(first) })
        await unpackIfWhole(bridge, get().draft, set)
      },
      stop: () => stopping.abort(),
    }
  })
}

const NOTHING_SENT = {
  ...{ sending: null, left: [], error: undefined, tooLarge: [], unused: [], replaced: 0 },
} as const

type Sent = {
  readonly uploadId: string
  readonly path: string
  readonly part: number
  readonly parts: number
}

async function unpackIfWhole(
  bridge: OfficeBridge,
  draft: ImportDraft | null | undefined,
  set: (part: Partial<ImportState>) => void,
): Promise<void> {
  if (!draft || draft.zips.length === 0) return
  if (draft.zips.some(({ parts, received }) => received < parts)) return
  const answer = await bridge.client.imports.unpack({ importId: draft.importId })
  if (answer.ok) set({ draft: { ...draft, taskId: answer.value.taskId } })
  else set({ error: answer.error })
}

function partOf(file: File, part: number): File {
  const start = part * IMPORT_PART_BYTES
  return new File([file.slice(start, start + IMPORT_PART_BYTES)], file.name)
}

function isUsable(path: string): boolean {
  return /\.(pdf|csv|tsv|txt|zip)$/i.test(path) && !/(^|\/)(\._|__MACOSX\/)/.test(path)
}

function isZip(path: string): boolean {
  return /\.zip$/i.test(path)
}
