import { useOfficeBridge } from '../../../bridge/office-bridge.ts'
import { useQuery } from '../../../bridge/use-query.ts'

/** The town's departments, from its settings. */
export function useDepartments(): readonly string[] {
  const { client } = useOfficeBridge()
  const { data } = useQuery('settings', () => client.settings.read({}), ['settings-changed'])
  return data?.town.departments ?? []
}
