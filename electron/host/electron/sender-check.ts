import { OFFICE_ORIGIN } from './office-scheme.ts'

/** The part of Electron's `IpcMainInvokeEvent` that decides. */
export type Sender = {
  readonly sender: { readonly id: number }
  readonly senderFrame: {
    readonly origin: string
    readonly parent: object | null
    readonly detached: boolean
  } | null
}

export type SenderRefusal = 'unknown-window' | 'no-frame' | 'not-top-frame' | 'foreign-origin'

/**
 * Why a message is refused; undefined when it comes from the top frame of one of our windows, showing our own page.
 * Asked on every call: a window that was right a moment ago may have navigated, a frame may be detached.
 */
export function senderRefusal(
  { sender, senderFrame }: Sender,
  isKnownWindow: (webContentsId: number) => boolean,
): SenderRefusal | undefined {
  if (!isKnownWindow(sender.id)) return 'unknown-window'
  if (senderFrame === null || senderFrame.detached) return 'no-frame'
  if (senderFrame.parent !== null) return 'not-top-frame'
  if (senderFrame.origin !== OFFICE_ORIGIN) return 'foreign-origin'
  return undefined
}
