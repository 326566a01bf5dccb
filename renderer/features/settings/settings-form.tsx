import type { FormEvent, ReactNode } from 'react'
import { settingsText } from '../../i18n/ja/settings.ts'
import { uiText } from '../../i18n/ja/ui.ts'
import { Button } from '../../ui/button.tsx'
import { Failure } from '../../ui/failure.tsx'
import { Notice } from '../../ui/notice.tsx'
import { Section } from '../../ui/page.tsx'

/** The frame of every settings form: what it is for, fields, failure, save. */
export function SettingsForm(props: {
  readonly title: string
  readonly lead?: string
  readonly writer: {
    readonly pending: boolean
    readonly error: { readonly code: string; readonly data: unknown } | undefined
    readonly canWrite: boolean
  }
  readonly onSubmit: () => void
  readonly children: ReactNode
  readonly extra?: ReactNode
}) {
  const { writer } = props
  const submit = (event: FormEvent) => {
    event.preventDefault()
    props.onSubmit()
  }
  return (
    <Section title={props.title} lead={props.lead}>
      {writer.canWrite ? null : <Notice severity="info">{settingsText.readOnly}</Notice>}
      <form onSubmit={submit} noValidate className="max-w-3xl">
        <fieldset disabled={!writer.canWrite} className="flex flex-col gap-4">
          {props.children}
          <Failure error={writer.error} />
          {writer.canWrite ? (
            <div className="flex flex-wrap gap-3">
              <Button type="submit" look="primary" isDisabled={writer.pending}>
                {writer.pending ? uiText.working : settingsText.save}
              </Button>
            </div>
          ) : null}
        </fieldset>
      </form>
      {props.extra}
    </Section>
  )
}
