import type { CaseId } from '../../../../shared/model/brand.ts'
import { useOfficeBridge } from '../../../bridge/office-bridge.ts'
import { useQuery } from '../../../bridge/use-query.ts'
import { detailText } from '../../../i18n/ja/detail.ts'
import { ChangesTable } from '../../../ui/changes-table.tsx'
import { Failure } from '../../../ui/failure.tsx'
import { Empty, Loading } from '../../../ui/page.tsx'

const text = detailText.history

/** 訂正削除履歴 of one case. */
export function HistoryTab({ caseId }: { readonly caseId: CaseId }) {
  const { client } = useOfficeBridge()
  const { data, error, reload } = useQuery(`history ${caseId}`, () => client.cases.history({ caseId }), [
    'case-changed',
  ])
  return (
    <div className="flex flex-col gap-3">
      <p className="text-[0.9375rem] text-solid-gray-700">{text.lead}</p>
      <Failure error={error} onRetry={reload} />
      {data === undefined ? (
        error ? null : (
          <Loading />
        )
      ) : data.changes.length === 0 ? (
        <Empty>{text.none}</Empty>
      ) : (
        <ChangesTable rows={data.changes} withCase={false} />
      )}
    </div>
  )
}
