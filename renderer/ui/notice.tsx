import type { ReactNode } from 'react'
import { uiText } from '../i18n/ja/ui.ts'

export type Severity = 'stop' | 'warn' | 'info' | 'done'

const LOOKS: Readonly<Record<Severity, string>> = {
  stop: 'border-error-1 bg-red-50',
  warn: 'border-warning-yellow-1 bg-yellow-50',
  info: 'border-blue-800 bg-blue-50',
  done: 'border-success-2 bg-green-50',
}

/** A sentence that matters, with its weight in a word and not in colour alone. */
export function Notice(props: {
  readonly severity: Severity
  readonly children: ReactNode
  /** Instead of the severity's own word. */
  readonly label?: string
  readonly action?: ReactNode
  /** True when it appears in answer to something: it is read out. */
  readonly live?: boolean
}) {
  return (
    <div
      role={props.live ? (props.severity === 'stop' ? 'alert' : 'status') : undefined}
      className={`flex flex-wrap items-center gap-x-3 gap-y-1 rounded-8 border-l-6 px-3 py-2 ${LOOKS[props.severity]}`}
    >
      <span className="shrink-0 text-[0.8125rem] font-bold">
        {props.label ?? uiText.severity[props.severity]}
      </span>
      <div className="min-w-0 flex-1 basis-60">{props.children}</div>
      {props.action}
    </div>
  )
}
