/** 印刷 (L18): the copy of a contract with its cover, and 訂正削除履歴 (L13). */
import type { bridge } from '../../../shared/bridge/bridge.ts'
import type { InputOf } from '../../../shared/bridge/define.ts'
import type { CaseDocument } from '../../../shared/model/document.ts'
import type { Verdict } from '../../../shared/model/verification.ts'
import { fail, ok } from '../../../shared/result.ts'
import {
  formatBothDates,
  formatEvidenceTime,
  formatJapaneseDateTime,
} from '../../../shared/rules/japanese-date.ts'
import { ArchiveError } from '../../core/archive/errors.ts'
import { searchChanges } from '../../core/archive/tables/changes.ts'
import { fileOfVersion } from '../../core/archive/tables/documents.ts'
import { mayRead } from '../../core/archive/tables/viewer.ts'
import { memorySource } from '../../core/kit/byte-source.ts'
import type { PrintCoverData } from '../../core/pages/office-papers.ts'
import type { Report } from '../../core/pages/report-model.ts'
import { NOT_FOUND, viewerFor, visibleCase } from '../cases/guard-case.ts'
import { actorOf, type Context } from '../context.ts'
import type { Office } from '../office.ts'
import { changeBy, record } from '../record.ts'
import { readSettings } from '../settings/read-settings.ts'
import { verifyVersion } from '../verification/verify-version.ts'
import { workDone } from '../work/work-done.ts'
import { fieldWord, valueWord } from './history-words.ts'
import { keptDocuments } from './examine-file.ts'

type Table = typeof bridge.papers

const SENTENCES: Readonly<Record<Verdict, string>> = {
  valid: '署名は有効です。署名の後に変更はありません。',
  'valid-with-permitted-changes': '署名は有効です。後の変更は許された範囲だけです。',
  changed: '署名の後に、許されていない変更があります。',
  'unknown-signer': '変更されていませんが、署名者を確認できません。',
  broken: '改変あり。',
  unsigned: '署名はありません。',
  unreadable: '署名を読み取れません。',
}

export async function printCase(office: Office, input: InputOf<Table['printCase']>, context: Context) {
  const found = visibleCase(office, context, input.caseId)
  if (found === undefined) return NOT_FOUND
  const documents = keptDocuments(office, found.id)
  const lines: PrintCoverData['documents'][number][] = []
  try {
    for (const document of documents) {
      const { report } = await verifyVersion(office, {
        documentId: document.id,
        versionId: document.current.id,
      })
      lines.push({
        title: document.title,
        pageCount: document.pages,
        sha256: document.current.sha256,
        signatureSentence: SENTENCES[report.verdict],
      })
    }
  } catch (error) {
    if (error instanceof ArchiveError && ['FILE_DAMAGED', 'FILE_NOT_FOUND'].includes(error.code))
      return fail('FILE_DAMAGED', {})
    throw error
  }
  const { amount, contractDate, counterparties } = found.fields
  const cover = workDone(
    await office.work.runTask('make-print-cover', {
      townName: readSettings(office.archive.db).town.townName,
      title: found.title,
      contractNumber: found.contractNumber,
      counterparties: counterparties.map(({ name }) => name),
      amount: amount === null ? '金額の記載なし' : `${amount.toLocaleString('ja-JP')}円`,
      contractDate: contractDate === null ? '記載なし' : formatBothDates(contractDate),
      printedAt: office.clock.now(),
      printedBy: actorOf(context).displayName,
      documents: lines,
    }),
  )
  office.archive.transaction((db) =>
    record(db, changeBy(context, office.clock), 'case.printed', {
      caseId: found.id,
      data: { documents: documents.length },
    }),
  )
  return ok({
    cover: pdfTicket(office, context, '写しの表紙.pdf', cover),
    documents: documents.map((document) => ({
      title: document.title,
      ticket: documentTicket(office, context, document),
    })),
  })
}

function documentTicket(office: Office, context: Context, document: CaseDocument): string {
  const { fileId } = fileOfVersion(office.archive.db, document.current.id)
  return office.tickets.issue(context.connection, {
    fileName: document.fileName,
    contentType: 'application/pdf',
    disposition: 'inline',
    open: () => office.archive.vault.open(fileId),
  })
}

function pdfTicket(office: Office, context: Context, fileName: string, bytes: Uint8Array): string {
  return office.tickets.issue(context.connection, {
    fileName,
    contentType: 'application/pdf',
    disposition: 'inline',
    open: () => memorySource(bytes),
  })
}

/** Beyond this a paper is read by nobody; the span can be narrowed. The paper says so. */
const MOST_ROWS = 5_000

export async function printHistory(office: Office, input: InputOf<Table['printHistory']>, context: Context) {
  const { db } = office.archive
  const viewer = viewerFor(actorOf(context))
  const found = searchChanges(db, input, { offset: 0, limit: MOST_ROWS }, (caseId) =>
    mayRead(db, viewer, caseId),
  )
  if (found.rows.length === 0) return fail('NOTHING_FOUND', {})
  const { townName } = readSettings(db).town
  const now = office.clock.now()
  const limits = [input.text === '' ? '' : `「${input.text}」`, spanText(input)].filter((part) => part !== '')
  const paper: Report = {
    title: '訂正削除履歴',
    headLines: [`印刷日時 ${formatJapaneseDateTime(now)}`, `印刷した者 ${actorOf(context).displayName}`],
    footer: `${townName} 訂正削除履歴`,
    author: townName,
    createdAt: now,
    blocks: [
      {
        type: 'facts',
        rows: [
          ['条件', limits.length === 0 ? 'すべて' : limits.join(' ')],
          [
            '件数',
            found.total > found.rows.length
              ? `${found.total}件のうち新しい${found.rows.length}件`
              : `${found.total}件`,
          ],
        ],
      },
      {
        type: 'table',
        columns: [
          { label: '日時 / 変更した人', share: 22 },
          { label: '件名', share: 20 },
          { label: '項目', share: 13 },
          { label: '前', share: 15 },
          { label: '後', share: 15 },
          { label: '理由', share: 15 },
        ],
        rows: found.rows.map((row) => [
          `${formatEvidenceTime(row.at)}\n${row.who}`,
          row.caseTitle,
          fieldWord(row.field),
          row.oldValue === null ? '' : valueWord(row.field, row.oldValue),
          row.newValue === null ? '（削除）' : valueWord(row.field, row.newValue),
          row.why,
        ]),
      },
    ],
  }
  const bytes = workDone(await office.work.runTask('make-report', paper))
  office.archive.transaction((writing) =>
    record(writing, changeBy(context, office.clock), 'history.printed', {
      data: { rows: found.rows.length },
    }),
  )
  return ok({ ticket: pdfTicket(office, context, '訂正削除履歴.pdf', bytes) })
}

function spanText({ from, to }: Pick<InputOf<Table['printHistory']>, 'from' | 'to'>): string {
  if (from === null && to === null) return ''
  return `${from === null ? '' : formatBothDates(from)}～${to === null ? '' : formatBothDates(to)}`
}
