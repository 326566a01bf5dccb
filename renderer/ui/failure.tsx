import { sentenceOf } from '../i18n/ja/errors.ts'
import { uiText } from '../i18n/ja/ui.ts'
import { Button } from './button.tsx'
import { Notice } from './notice.tsx'

/** A failure in words, where it happened; nothing when there is none. */
export function Failure(props: {
  readonly error: { readonly code: string; readonly data: unknown } | undefined
  readonly onRetry?: () => void
}) {
  if (props.error === undefined) return null
  return (
    <Notice
      severity="stop"
      live
      action={
        props.onRetry ? (
          <Button size="small" onPress={props.onRetry}>
            {uiText.reload}
          </Button>
        ) : undefined
      }
    >
      {sentenceOf(props.error)}
    </Notice>
  )
}
