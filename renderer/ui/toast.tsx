import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from 'react'
import { uiText } from '../i18n/ja/ui.ts'

export type ToastTone = 'done' | 'stop'
type Shown = { readonly id: number; readonly tone: ToastTone; readonly text: string }
const SHOWN_MS = 6000

const ToastContext = createContext<(text: string, tone?: ToastTone) => void>(() => {
  throw new Error('ToastProvider is missing')
})

/** Says that something is done (or not). Read out politely; stays six seconds; never the only place of an error. */
export function useToast(): (text: string, tone?: ToastTone) => void {
  return useContext(ToastContext)
}

export function ToastProvider({ children }: { readonly children: ReactNode }) {
  const [toasts, setToasts] = useState<readonly Shown[]>([])
  const drop = useCallback((id: number) => setToasts((old) => old.filter((toast) => toast.id !== id)), [])
  const show = useCallback((text: string, tone: ToastTone = 'done') => {
    setToasts((old) => [
      ...old.slice(-2),
      { id: (old.at(-1)?.id ?? 0) + 1 + Math.floor(performance.now()), tone, text },
    ])
  }, [])
  const value = useMemo(() => show, [show])
  return (
    <ToastContext.Provider value={value}>
      {children}
      <div
        role="status"
        aria-live="polite"
        // At the top in the middle: buttons and fields of pages and dialogs are nowhere near.
        className="pointer-events-none fixed top-2 left-1/2 z-50 flex w-96 max-w-[calc(100vw-3rem)] -translate-x-1/2 flex-col gap-2"
      >
        {toasts.map((toast) => (
          <ToastCard key={toast.id} toast={toast} onClose={drop} />
        ))}
      </div>
    </ToastContext.Provider>
  )
}

function ToastCard({ toast, onClose }: { readonly toast: Shown; readonly onClose: (id: number) => void }) {
  useEffect(() => {
    const timer = setTimeout(() => onClose(toast.id), SHOWN_MS)
    return () => clearTimeout(timer)
  }, [toast.id, onClose])
  return (
    <div
      className={`pointer-events-auto flex items-start gap-3 rounded-8 border bg-white px-4 py-3 shadow-3 ${toast.tone === 'stop' ? 'border-error-1' : 'border-success-2'}`}
    >
      <span className="text-[0.8125rem] leading-7 font-bold">{uiText.severity[toast.tone]}</span>
      <p className="flex-1">{toast.text}</p>
      <button
        type="button"
        className="px-1 text-solid-gray-700"
        aria-label={uiText.close}
        onClick={() => onClose(toast.id)}
      >
        ×
      </button>
    </div>
  )
}
