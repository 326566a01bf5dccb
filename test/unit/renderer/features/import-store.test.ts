import { describe, expect, it } from 'vitest'
import type { OfficeBridge } from '../../../../renderer/bridge/office-bridge.ts'
import { createImportStore } from '../../../../renderer/features/keeping/import-store.ts'
import { IMPORT_PART_BYTES, type ImportDraft } from '../../../../shared/bridge/imports.ts'
import { fail, ok } from '../../../../shared/result.ts'

type Added = { readonly path: string; readonly part: number; readonly parts: number }

/** A bridge that takes what it is sent; `refuse` may turn single files away. */
function takingBridge(refuse: (name: string) => string | undefined = () => undefined) {
  const added: Added[][] = []
  const unpacked: string[] = []
  const draft = (): ImportDraft => {
    const all = added.flat()
    const zips = [...new Set(all.filter(({ path }) => path.endsWith('.zip')).map(({ path }) => path))]
    return {
      importId: 'i',
      pdfs: { count: all.filter(({ path }) => path.endsWith('.pdf')).length, sizeBytes: 0 },
      tables: [],
      zips: zips.map((path) => {
        const parts = all.filter((file) => file.path === path)
        return { path, parts: parts[0]?.parts ?? 1, received: parts.length }
      }),
      taskId: null,
    }
  }
  let sent = 0
  const bridge = {
    upload: async (file: File, options: { readonly signal?: AbortSignal }) => {
      if (options.signal?.aborted) return fail('UPLOAD_CANCELLED', {})
      const code = refuse(file.name)
      if (code !== undefined) return fail(code, {})
      sent += 1
      return ok({ uploadId: `u${sent}` })
    },
    client: {
      imports: {
        addFiles: async ({ files }: { readonly files: readonly Added[] }) => {
          added.push(files.map(({ path, part, parts }) => ({ path, part, parts })))
          return ok({ draft: draft(), replaced: 0, unused: [] })
        },
        unpack: async ({ importId }: { readonly importId: string }) => {
          unpacked.push(importId)
          return ok({ taskId: 't' })
        },
      },
    },
  } as unknown as OfficeBridge
  return { bridge, added, unpacked }
}

const file = (path: string, sizeBytes = 3) => ({
  path,
  // A file's size without its bytes: 130 MB are not worth a test's memory.
  file: Object.defineProperty(new File(['abc'], path.split('/').at(-1) ?? ''), 'size', { value: sizeBytes }),
})

describe('sending files to an import', () => {
  it('hands them over a handful at a time, with their folders, and names what it does not send', async () => {
    const { bridge, added } = takingBridge()
    const store = createImportStore(bridge)
    const pdfs = Array.from({ length: 45 }, (_, n) => file(`R5/${n}.pdf`))
    await store.getState().send([...pdfs, file('memo.docx'), file('__MACOSX/._0.pdf')])
    expect(added.map((files) => files.length)).toEqual([20, 20, 5])
    expect(added[0]?.[0]).toEqual({ path: 'R5/0.pdf', part: 0, parts: 1 })
    expect(store.getState()).toMatchObject({
      sending: null,
      left: [],
      unused: ['memo.docx', '__MACOSX/._0.pdf'],
      draft: { pdfs: { count: 45 } },
    })
  })

  it('sends a large ZIP in parts and has it unpacked when it is whole', async () => {
    const { bridge, added, unpacked } = takingBridge()
    const store = createImportStore(bridge)
    await store.getState().send([file('export.zip', 2 * IMPORT_PART_BYTES + 1)])
    expect(added.flat().map(({ part, parts }) => [part, parts])).toEqual([
      [0, 3],
      [1, 3],
      [2, 3],
    ])
    expect(unpacked).toEqual(['i'])
    expect(store.getState().draft?.taskId).toBe('t')
  })

  it('goes past a file that is too large, and keeps what a failure left so that it can be sent on', async () => {
    let isDown = true
    const { bridge, added } = takingBridge((name) => {
      if (name === 'huge.pdf') return 'UPLOAD_TOO_LARGE'
      return isDown && name === '3.pdf' ? 'HOST_UNREACHABLE' : undefined
    })
    const store = createImportStore(bridge)
    const files = ['1.pdf', 'huge.pdf', '2.pdf', '3.pdf', '4.pdf'].map((path) => file(path))
    await store.getState().send(files)
    const { left, tooLarge, error } = store.getState()
    expect(left.map(({ path }) => path)).toEqual(['3.pdf', '4.pdf'])
    expect([tooLarge, error?.code]).toEqual([['huge.pdf'], 'HOST_UNREACHABLE'])
    // What had arrived belongs to the draft all the same.
    expect(added.flat().map(({ path }) => path)).toEqual(['1.pdf', '2.pdf'])
    isDown = false
    await store.getState().send(left)
    expect(store.getState()).toMatchObject({ left: [], error: undefined, draft: { pdfs: { count: 4 } } })
  })

  it('stops when a person says so, without an error', async () => {
    const { bridge, added } = takingBridge()
    const store = createImportStore(bridge)
    const sending = store.getState().send(Array.from({ length: 30 }, (_, n) => file(`${n}.pdf`)))
    store.getState().stop()
    await sending
    const { left, error } = store.getState()
    expect(error).toBeUndefined()
    expect(left.length + added.flat().length).toBe(30)
    expect(left.length).toBeGreaterThan(0)
  })
})
