import type { CaseId } from '../../../shared/model/brand.ts'
import { useOfficeBridge } from '../../bridge/office-bridge.ts'
import { useQuery } from '../../bridge/use-query.ts'

/** The case whose documents are looked at. */
export function useViewedCase(caseId: CaseId) {
  const { client } = useOfficeBridge()
  return useQuery(`case ${caseId}`, () => client.cases.read({ caseId }), ['case-changed'])
}
export type ViewedCase = NonNullable<ReturnType<typeof useViewedCase>['data']>
