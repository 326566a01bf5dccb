import { useState } from 'react'
import { formatFiscalYear } from '../../../shared/text/era.ts'
import { useOfficeBridge } from '../../bridge/office-bridge.ts'
import { useAction } from '../../bridge/use-action.ts'
import { useQuery } from '../../bridge/use-query.ts'
import { archiveText } from '../../i18n/ja/archive.ts'
import { Button } from '../../ui/button.tsx'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { Failure } from '../../ui/failure.tsx'
import { Empty, Loading, Section } from '../../ui/page.tsx'
import { Pager } from '../../ui/pager.tsx'
import { saveFile } from '../../ui/save-file.ts'
import { TimeCell } from '../../ui/when.tsx'

const text = archiveText.disposal
const PAGE = 20

function useRecords(offset: number) {
  const { client } = useOfficeBridge()
  return useQuery(`disposals ${offset}`, () => client.archive.disposals({ offset, limit: PAGE }), [
    'case-changed',
    'progress',
  ])
}
type Row = NonNullable<ReturnType<typeof useRecords>['data']>['rows'][number]

/** 廃棄の記録: every confirmation, with its 廃棄証明書 to be made again at any time. */
export function DisposalRecords() {
  const { client, fileUrl } = useOfficeBridge()
  const [offset, setOffset] = useState(0)
  const list = useRecords(offset)
  const [issue, action] = useAction(client.archive.disposalCertificate)
  const save = async (row: Row) => {
    const issued = await issue({ id: row.id })
    if (issued !== undefined) saveFile(fileUrl(issued.ticket), issued.fileName)
  }
  const nameOf = (row: Row) => text.numberText(formatFiscalYear(row.fiscalYear), row.number)
  const columns: readonly Column<Row>[] = [
    { name: text.number, cell: nameOf },
    { name: text.confirmedAt, narrow: true, cell: (row) => <TimeCell at={row.confirmedAt} /> },
    { name: text.confirmedBy, cell: (row) => row.confirmedByName },
    { name: text.cases, align: 'right', cell: (row) => text.count(row.cases) },
    {
      name: '',
      narrow: true,
      cell: (row) => (
        <Button size="small" isDisabled={action.pending} onPress={() => void save(row)}>
          {text.certificate}
          <span className="sr-only">{nameOf(row)}</span>
        </Button>
      ),
    },
  ]
  return (
    <Section title={text.records} lead={text.recordsLead}>
      <Failure error={action.error ?? list.error} onRetry={list.reload} />
      {list.data === undefined ? (
        list.error ? null : (
          <Loading />
        )
      ) : list.data.rows.length === 0 ? (
        <Empty>{text.noRecords}</Empty>
      ) : (
        <>
          <DataTable
            caption={text.recordsCaption}
            columns={columns}
            rows={list.data.rows}
            keyOf={(row) => row.id}
          />
          <Pager offset={offset} limit={PAGE} total={list.data.total} onMove={setOffset} />
        </>
      )}
    </Section>
  )
}
