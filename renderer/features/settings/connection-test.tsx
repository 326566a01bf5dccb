import { useState } from 'react'
import { useOfficeBridge } from '../../bridge/office-bridge.ts'
import { useSession } from '../../bridge/session.tsx'
import { useAction } from '../../bridge/use-action.ts'
import { settingsText as text } from '../../i18n/ja/settings.ts'
import { uiText } from '../../i18n/ja/ui.ts'
import { Button } from '../../ui/button.tsx'
import { Failure } from '../../ui/failure.tsx'
import { Notice } from '../../ui/notice.tsx'
import { TextInput } from '../../ui/text-input.tsx'

/** Tries the stored settings for real. */
export function ConnectionTest({ part }: { readonly part: 'smtp' | 'tsa' | 'portal' }) {
  const { client } = useOfficeBridge()
  const { can } = useSession()
  const [mailTo, setMailTo] = useState('')
  const [detail, setDetail] = useState<string | undefined>(undefined)
  const [test, action] = useAction(client.settings.test)
  if (!can('settings.write')) return null
  const start = async () => {
    setDetail(undefined)
    const done = await test({ part, ...(part === 'smtp' && mailTo !== '' ? { mailTo } : {}) })
    setDetail(done?.detail)
  }
  return (
    <div className="mt-3 flex max-w-3xl flex-col gap-3 border-t border-solid-gray-300 pt-4">
      {part === 'smtp' ? (
        <TextInput label={text.smtp.testTo} inputMode="email" value={mailTo} onChange={setMailTo} />
      ) : null}
      <div>
        <Button isDisabled={action.pending} onPress={() => void start()}>
          {action.pending ? uiText.working : text.test}
        </Button>
      </div>
      <Failure error={action.error} />
      {detail === undefined ? null : (
        <Notice severity="done" live>
          {text.tested(detail)}
        </Notice>
      )}
    </div>
  )
}
