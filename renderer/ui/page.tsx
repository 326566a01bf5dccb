import { type ReactNode, useEffect } from 'react'
import { uiText } from '../i18n/ja/ui.ts'

/** One screen: a heading, one line of what it is for, and its actions on the right. */
export function Page(props: {
  readonly title: string
  readonly lead?: ReactNode
  readonly actions?: ReactNode
  readonly back?: { readonly href: string; readonly label: string }
  readonly children: ReactNode
  readonly full?: boolean
}) {
  useEffect(() => {
    document.title = `${props.title}｜${uiText.appName}`
  }, [props.title])
  return (
    <div className={`flex flex-col gap-5 px-6 py-5 ${props.full ? '' : 'max-w-[90rem]'}`}>
      <header className="flex flex-wrap items-end justify-between gap-x-6 gap-y-2">
        <div className="min-w-0">
          {props.back ? (
            <a className="text-[0.875rem] text-blue-900 underline" href={props.back.href}>
              {`← ${props.back.label}`}
            </a>
          ) : null}
          <h1 className="text-[1.5rem] leading-[1.4] font-bold">{props.title}</h1>
          {props.lead ? <div className="text-[0.9375rem] text-solid-gray-700">{props.lead}</div> : null}
        </div>
        {props.actions ? <div className="flex flex-wrap gap-3">{props.actions}</div> : null}
      </header>
      {props.children}
    </div>
  )
}

export function Section(props: {
  readonly title: string
  readonly lead?: ReactNode
  readonly actions?: ReactNode
  readonly children: ReactNode
}) {
  return (
    <section className="flex flex-col gap-3">
      <div className="flex flex-wrap items-end justify-between gap-3 border-b border-solid-gray-300 pb-1">
        <h2 className="text-[1.125rem] font-bold">{props.title}</h2>
        {props.actions ? <div className="flex flex-wrap gap-2">{props.actions}</div> : null}
      </div>
      {props.lead ? <div className="text-[0.9375rem] text-solid-gray-700">{props.lead}</div> : null}
      {props.children}
    </section>
  )
}

export type Fact = {
  readonly name: string
  readonly value: ReactNode /** Where a name occurs twice. */
  readonly key?: string
}

/** Names on the left, values on the right. */
export function Facts({ items }: { readonly items: readonly Fact[] }) {
  return (
    <dl className="grid grid-cols-[minmax(7rem,max-content)_1fr] gap-x-4 text-[0.9375rem]">
      {items.map((item) => (
        <div
          key={item.name}
          className="col-span-2 grid grid-cols-subgrid border-b border-solid-gray-200 py-1"
        >
          <dt className="text-solid-gray-700">{item.name}</dt>
          <dd className="min-w-0 break-words">{item.value}</dd>
        </div>
      ))}
    </dl>
  )
}

/** Nothing here yet, and what to do about it. */
export function Empty({ children, action }: { readonly children: ReactNode; readonly action?: ReactNode }) {
  return (
    <div className="flex flex-col items-start gap-3 rounded-8 border border-dashed border-solid-gray-420 px-5 py-6 text-solid-gray-800">
      <p>{children}</p>
      {action}
    </div>
  )
}

/** While the first answer is on its way. */
export function Loading() {
  return (
    <p role="status" className="px-1 py-3 text-solid-gray-700">
      {uiText.loading}
    </p>
  )
}
