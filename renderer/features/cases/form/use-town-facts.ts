import { useOfficeBridge } from '../../../bridge/office-bridge.ts'
import { useQuery } from '../../../bridge/use-query.ts'
import type { TownFacts } from './town-facts.ts'

/** What the town's settings say that a case needs. */
export function useTownFacts(): TownFacts | undefined {
  const { client } = useOfficeBridge()
  const { data } = useQuery('settings', () => client.settings.read({}), ['settings-changed'])
  return data && { departments: data.town.departments, headOfTown: data.town.headOfTown }
}
