import type { CaseId } from '../../../../shared/model/brand.ts'
import { useOfficeBridge } from '../../../bridge/office-bridge.ts'
import { useQuery } from '../../../bridge/use-query.ts'

/** One case with everything its screen shows; read again whenever it changes. */
export function useCase(caseId: CaseId) {
  const { client } = useOfficeBridge()
  return useQuery(`case ${caseId}`, () => client.cases.read({ caseId }), ['case-changed'])
}
export type CaseView = NonNullable<ReturnType<typeof useCase>['data']>
