import type { ReactNode } from 'react'
import { uiText } from '../../i18n/ja/ui.ts'

/** The calm page before anybody is logged in. */
export function Entrance(props: {
  readonly townName?: string
  readonly title: string
  readonly lead?: string
  readonly children: ReactNode
  readonly foot?: ReactNode
}) {
  return (
    <div className="min-h-full bg-solid-gray-50 px-4 py-10">
      <main className="mx-auto flex max-w-lg flex-col gap-5 rounded-12 border border-solid-gray-300 bg-white px-8 py-7">
        <p className="text-[0.9375rem] font-bold text-blue-1000">
          {props.townName ? `${props.townName}　${uiText.appName}` : uiText.appName}
        </p>
        <div>
          <h1 className="text-[1.5rem] font-bold">{props.title}</h1>
          {props.lead ? <p className="mt-1 text-solid-gray-800">{props.lead}</p> : null}
        </div>
        {props.children}
      </main>
      {props.foot ? (
        <div className="mx-auto mt-4 max-w-lg text-[0.875rem] text-solid-gray-700">{props.foot}</div>
      ) : null}
    </div>
  )
}
