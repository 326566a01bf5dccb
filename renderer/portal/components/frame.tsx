import { type ReactNode, useEffect } from 'react'
import type { PortalContact } from '../../../shared/portal-api/manifest.ts'
import { portalText } from '../ja.ts'

/** Header with the town's name; says whose page this is before anything else. */
export function Header({
  townName,
  isWide,
  children,
}: {
  readonly townName: string | undefined
  /** As wide as the documents below it, not as a text. */
  readonly isWide?: boolean
  readonly children?: ReactNode
}) {
  return (
    <header className="border-b-4 border-blue-900 bg-white px-4 py-2">
      <div
        className={`mx-auto flex flex-wrap items-baseline justify-between gap-x-6 ${isWide === true ? 'max-w-6xl' : 'max-w-3xl'}`}
      >
        <p className="font-bold">{townName ? portalText.serviceOf(townName) : portalText.service}</p>
        {children}
      </div>
    </header>
  )
}

/** A page of reading width: header, one heading, contents, whom to ask. */
export function Frame(props: {
  readonly title: string
  /** Which screen this is, for the focus after a change. */
  readonly screen: string
  readonly contact: PortalContact | undefined
  readonly children: ReactNode
}) {
  useEffect(() => {
    document.title = portalText.pageTitle(props.title)
  }, [props.title])
  return (
    <div className="flex min-h-dvh flex-col">
      <Header townName={props.contact?.townName} />
      <main className="mx-auto flex w-full max-w-[50rem] flex-1 flex-col gap-6 px-4 py-8">
        <h1
          tabIndex={-1}
          data-screen={props.screen}
          className="text-[1.625rem] leading-[1.5] font-bold [word-break:auto-phrase]"
        >
          {props.title}
        </h1>
        {props.children}
      </main>
      <Contact contact={props.contact} />
    </div>
  )
}

export function Contact({ contact }: { readonly contact: PortalContact | undefined }) {
  return (
    <footer className="border-t border-solid-gray-300 bg-solid-gray-50 px-4 py-5">
      <div className="mx-auto max-w-3xl">
        <h2 className="text-[1rem] font-bold">{portalText.contactTitle}</h2>
        {contact === undefined ? (
          <p>{portalText.contactUnknown}</p>
        ) : (
          <>
            <p>{portalText.contactName(contact)}</p>
            <dl className="flex flex-wrap gap-x-6">
              {contact.phone === '' ? null : (
                <Line name={portalText.phone}>
                  <a className="text-blue-900 underline" href={`tel:${contact.phone.replace(/[^\d+]/g, '')}`}>
                    {contact.phone}
                  </a>
                </Line>
              )}
              {contact.mailAddress === '' ? null : (
                <Line name={portalText.mail}>
                  <a className="break-all text-blue-900 underline" href={`mailto:${contact.mailAddress}`}>
                    {contact.mailAddress}
                  </a>
                </Line>
              )}
              {contact.hours === '' ? null : <Line name={portalText.hours}>{contact.hours}</Line>}
            </dl>
          </>
        )}
      </div>
    </footer>
  )
}

function Line({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div className="flex gap-2">
      <dt className="text-solid-gray-700">{name}</dt>
      <dd className="min-w-0">{children}</dd>
    </div>
  )
}

/** Names and values, stacked on a phone. */
export function Facts({ items }: { readonly items: readonly (readonly [string, ReactNode])[] }) {
  return (
    <dl className="divide-y divide-solid-gray-300 border-y border-solid-gray-300">
      {items.map(([name, value]) => (
        <div key={name} className="grid gap-x-4 py-2 sm:grid-cols-[9rem_1fr]">
          <dt className="text-solid-gray-700">{name}</dt>
          <dd className="min-w-0 break-words">{value}</dd>
        </div>
      ))}
    </dl>
  )
}

/** A message that stands out by a word and a bar, not by colour alone. */
export function Message(props: {
  readonly tone: 'error' | 'info'
  readonly children: ReactNode
  readonly id?: string
}) {
  const tone = props.tone === 'error' ? 'border-red-900 bg-red-50' : 'border-blue-900 bg-blue-50'
  return (
    <div
      id={props.id}
      role={props.tone === 'error' ? 'alert' : 'status'}
      className={`border-l-8 px-4 py-3 ${tone}`}
    >
      {props.tone === 'error' ? <span className="font-bold text-red-1000">{portalText.error}</span> : null}
      {props.children}
    </div>
  )
}
