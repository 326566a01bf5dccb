import { useState } from 'react'
import { useOfficeBridge } from '../../bridge/office-bridge.ts'

export type Uploads = {
  readonly ids: readonly string[]
  readonly done: number
  readonly total: number
  readonly pending: boolean
  readonly error: { readonly code: string; readonly data: unknown } | undefined
  /** Adds files to what was sent before; resolves to the ids of these. Stops at the first that is refused. */
  readonly send: (files: readonly File[]) => Promise<readonly string[]>
}

/** Many files, one after the other, with their number as progress. */
export function useUploads(): Uploads {
  const bridge = useOfficeBridge()
  const [state, setState] = useState<Omit<Uploads, 'send'>>({
    ids: [],
    done: 0,
    total: 0,
    pending: false,
    error: undefined,
  })
  const send = async (files: readonly File[]) => {
    const sent: string[] = []
    setState((old) => ({ ...old, done: 0, total: files.length, pending: true, error: undefined }))
    for (const file of files) {
      const answer = await bridge.upload(file)
      if (!answer.ok) {
        setState((old) => ({ ...old, ids: [...old.ids, ...sent], pending: false, error: answer.error }))
        return sent
      }
      sent.push(answer.value.uploadId)
      if (sent.length % 10 === 0) setState((old) => ({ ...old, done: sent.length }))
    }
    setState((old) => ({ ...old, ids: [...old.ids, ...sent], done: sent.length, pending: false }))
    return sent
  }
  return { ...state, send }
}
