import {
  type ArchiveCheck,
  type ArchiveCheckOptions,
  type ArchiveProblem,
  checkArchive,
} from '../../../core/archive/check-archive.ts'
import type { OpeningKey } from '../../../core/archive/keyslots.ts'
import { openArchive } from '../../../core/archive/open.ts'
import { checkLog } from '../../../core/audit/log.ts'
import { systemClock } from '../../../core/kit/clock.ts'
import { verifyPdf } from '../../../core/signing/verify/verify-pdf.ts'
import { problemText, versionWords } from '../../archive/check-words.ts'
import { isTokenOver } from '../../audit/log-token.ts'
import type { CommandIo, ExitCode } from '../command.ts'

/** Opens an archive, looks at everything in it, and prints what was found. */
export async function checkAndPrint(
  folder: string,
  key: OpeningKey,
  { json }: { readonly json: boolean },
  io: CommandIo,
): Promise<ExitCode> {
  const archive = await openArchive({ folder, clock: systemClock }, key)
  try {
    return printCheck(await checkArchive(archive, checkOptions(io)), json, io)
  } finally {
    archive.close()
  }
}

function checkOptions(io: CommandIo): ArchiveCheckOptions {
  return {
    checkLog: (db) => checkLog(db, isTokenOver),
    signal: io.ended,
    // Who signed is not asked here: that the bytes are what was signed is.
    checkFile: async ({ source }) => {
      const { verdict } = await verifyPdf(source, { anchors: [] })
      return verdict === 'broken' || verdict === 'changed' ? [`SIGNATURE_${verdict.toUpperCase()}`] : []
    },
  }
}

function printCheck(report: ArchiveCheck, json: boolean, io: CommandIo): ExitCode {
  const { cases, files, bytes, logEntries, orphans, ms } = report
  const problems = report.problems.map((problem) => ({ ...problem, text: problemText(problem) }))
  if (json) io.print(JSON.stringify({ ...report, ok: problems.length === 0, problems }))
  else {
    io.print(
      `案件 ${cases}、保管ファイル ${files}（${bytes} バイト）、操作ログ ${logEntries} 件を ${ms} ミリ秒で調べました。`,
    )
    if (orphans.length > 0)
      io.print(`どこからも使われていないファイルが ${orphans.length} 件あります（害はありません）。`)
    for (const problem of problems) io.print(`× ${problem.text}: ${placeOf(problem)}`)
    io.print(
      problems.length === 0 ? '問題は見つかりませんでした。' : `問題が ${problems.length} 件あります。`,
    )
  }
  return problems.length === 0 ? 0 : 1
}

/** Which contract it is about, and where on the disk. */
function placeOf({ document, versionId, fileId, detail }: ArchiveProblem): string {
  const contract = document === null ? [] : [versionWords(document), `版 ${versionId}`]
  return [...contract, fileId === null ? '' : `ファイル ${fileId}`, detail].filter(Boolean).join('、')
}
