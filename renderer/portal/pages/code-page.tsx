import { useEffect, useId, useRef, useState } from 'react'
import type { PortalContact } from '../../../shared/portal-api/manifest.ts'
import { Button } from '../components/button.tsx'
import { Frame } from '../components/frame.tsx'
import { portalText } from '../ja.ts'

const text = portalText.code

/** アクセスコードの入力: only when the contractor wrote one on the 申出書. */
export function CodePage(props: {
  readonly error: string | undefined
  readonly isChecking: boolean
  readonly contact: PortalContact | undefined
  readonly onSubmit: (code: string) => void
}) {
  const { error, isChecking } = props
  const [code, setCode] = useState('')
  const [isShown, setShown] = useState(false)
  const inputRef = useRef<HTMLInputElement>(null)
  const id = useId()
  useEffect(() => {
    if (error !== undefined) inputRef.current?.focus()
  }, [error])
  return (
    <Frame title={text.title} screen="code" contact={props.contact}>
      <div>
        <p>{text.lead}</p>
        <p className="text-solid-gray-700">{text.why}</p>
      </div>
      <form
        className="flex flex-col gap-5"
        onSubmit={(event) => {
          event.preventDefault()
          if (!isChecking) props.onSubmit(code)
        }}
      >
        <div className="flex max-w-xl flex-col gap-1">
          <label htmlFor={id} className="font-bold">
            {text.label}
            <span className="ml-2 font-400 text-red-900">{portalText.required}</span>
          </label>
          <p id={`${id}-hint`} className="text-[0.9375rem] text-solid-gray-700">
            {text.hint}
          </p>
          <input
            ref={inputRef}
            id={id}
            className="min-h-14 w-full max-w-md rounded-8 border border-solid-gray-600 px-4 text-[1.125rem] aria-[invalid=true]:border-2 aria-[invalid=true]:border-red-900"
            type={isShown ? 'text' : 'password'}
            value={code}
            onChange={(event) => setCode(event.currentTarget.value)}
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            aria-required="true"
            aria-invalid={error === undefined ? undefined : 'true'}
            aria-describedby={error === undefined ? `${id}-hint` : `${id}-error ${id}-hint`}
          />
          <p id={`${id}-error`} role="alert" className="min-h-7 text-red-900">
            {error === undefined ? null : (
              <>
                <span className="font-bold">{portalText.error}</span>
                {error}
              </>
            )}
          </p>
          <label className="flex min-h-11 items-center gap-2">
            <input
              type="checkbox"
              className="size-6 accent-blue-900"
              checked={isShown}
              onChange={(event) => setShown(event.currentTarget.checked)}
            />
            {text.show}
          </label>
        </div>
        <div>
          <Button type="submit" look="primary" isDisabled={isChecking}>
            {isChecking ? text.checking : text.next}
          </Button>
        </div>
      </form>
      <details>
        <summary className="min-h-11 text-blue-900 underline">{text.forgotten}</summary>
        <p>{text.forgottenBody}</p>
      </details>
    </Frame>
  )
}
