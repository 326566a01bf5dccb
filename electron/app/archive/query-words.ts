/** A search in words, for the cover of what was made from it. */
import type { SearchQuery } from '../../../shared/bridge/archive.ts'
import type { IsoDate } from '../../../shared/model/brand.ts'
import { valueWord } from '../../../shared/model/history-words.ts'
import { confidentialityNames, contractKindNames, contractMethodNames } from '../../../shared/model/names.ts'
import { formatBothDates } from '../../../shared/rules/japanese-date.ts'
import { formatFiscalYear } from '../../../shared/text/era.ts'
import type { ReadableDb } from '../../core/archive/database.ts'
import { listFolders } from '../../core/archive/tables/folders.ts'

/** One line a condition; empty when everything is meant. */
export function queryLines(db: ReadableDb, query: SearchQuery): string[] {
  const folders = listFolders(db)
  const listed = (label: string, values: readonly string[]) =>
    values.length === 0 ? [] : [`${label}：${values.join('、')}`]
  const yen = (value: number | null) => (value === null ? '' : `${value.toLocaleString('ja-JP')}円`)
  return [
    ...listed('検索した語', query.text.trim() === '' ? [] : [query.text.trim()]),
    ...listed('件名', query.title === '' ? [] : [query.title]),
    ...listed('契約番号', query.contractNumber === '' ? [] : [query.contractNumber]),
    ...listed('取引先', query.counterparty === '' ? [] : [query.counterparty]),
    ...(query.dateFrom === null && query.dateTo === null
      ? []
      : [`取引年月日：${spanWords(query.dateFrom, query.dateTo)}`]),
    ...(query.amountFrom === null && query.amountTo === null
      ? []
      : [`取引金額：${yen(query.amountFrom)}～${yen(query.amountTo)}`]),
    ...(query.amountBlank ? ['取引金額：空欄'] : []),
    ...listed(
      '契約方法',
      query.methods.map((value) => contractMethodNames[value]),
    ),
    ...listed(
      '契約種別',
      query.kinds.map((value) => contractKindNames[value]),
    ),
    ...listed('所管課', query.departments),
    ...listed(
      'フォルダ',
      query.folderIds.map((id) =>
        id === '' ? 'フォルダなし' : (folders.find((folder) => folder.id === id)?.name ?? ''),
      ),
    ),
    ...listed('年度', query.fiscalYears.map(formatFiscalYear)),
    ...listed(
      '状態',
      query.states.map((state) => valueWord('state', state)),
    ),
    ...listed(
      '機密区分',
      query.confidentialities.map((value) => confidentialityNames[value]),
    ),
    ...(query.retentionEndsBefore === null
      ? []
      : [`保存期限：${formatBothDates(query.retentionEndsBefore)}より前`]),
    ...(query.holdOnly ? ['廃棄を止めているもの'] : []),
  ]
}

export function queryWords(db: ReadableDb, query: SearchQuery): string {
  return queryLines(db, query).join('、') || 'すべての契約'
}

/** 令和7年9月1日（2025年）～令和7年9月30日（2025年） */
export function spanWords(from: IsoDate | null, to: IsoDate | null): string {
  if (from === null && to === null) return 'すべての期間'
  return `${from === null ? '' : formatBothDates(from)}～${to === null ? '' : formatBothDates(to)}`
}

/** Which part of the 訂正削除履歴 is meant. */
export function historyWords(input: {
  readonly text: string
  readonly from: IsoDate | null
  readonly to: IsoDate | null
  readonly deletionsOnly: boolean
}): string {
  const { text, from, to, deletionsOnly } = input
  const limits = [
    ...(text === '' ? [] : [`「${text}」`]),
    ...(from === null && to === null ? [] : [spanWords(from, to)]),
    ...(deletionsOnly ? ['削除だけ'] : []),
  ]
  return limits.length === 0 ? 'すべて' : limits.join(' ')
}
