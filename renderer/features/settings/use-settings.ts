import type { Result } from '../../../shared/result.ts'
import { useOfficeBridge } from '../../bridge/office-bridge.ts'
import { useSession } from '../../bridge/session.tsx'
import { useAction } from '../../bridge/use-action.ts'
import { useQuery } from '../../bridge/use-query.ts'
import { settingsText } from '../../i18n/ja/settings.ts'
import { useToast } from '../../ui/toast.tsx'

export function useSettings() {
  const { client } = useOfficeBridge()
  return useQuery('settings', () => client.settings.read({}), ['settings-changed'])
}
export type Settings = NonNullable<ReturnType<typeof useSettings>['data']>

/** A form of settings that says when it is saved; `canWrite` is false for those who may only look. */
export function useSettingsWriter<Input, T, E>(write: (input: Input) => Promise<Result<T, E>>) {
  const { can } = useSession()
  const toast = useToast()
  const [start, action] = useAction(write)
  const save = async (input: Input) => {
    const saved = await start(input)
    if (saved !== undefined) toast(settingsText.saved)
    return saved
  }
  return { save, pending: action.pending, error: action.error, canWrite: can('settings.write') }
}
