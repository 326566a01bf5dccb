import type { EpochMs } from '../../../shared/model/brand.ts'
import { formatJapaneseDateTime } from '../../../shared/rules/japanese-date.ts'
import { makeReport } from './make-report.ts'
import type { MadeReport } from './report-model.ts'

export type RecoverySheetData = {
  readonly townName: string
  /** Names the archive, so that a sheet is not tried on another one. Not secret. */
  readonly archiveId: string
  readonly createdAt: EpochMs
  /** Groups of the code, for example four letters each; printed in this order, four groups a line. */
  readonly codeGroups: readonly string[]
}

/**
 * 復旧シート: the paper that opens the archive when passwords are lost. The code is on the page only, neither in the
 * metadata nor in the file's name. The caller shows or prints it once and keeps no copy of the bytes.
 */
export function makeRecoverySheet(data: RecoverySheetData): Promise<MadeReport> {
  const lines: string[] = []
  for (let at = 0; at < data.codeGroups.length; at += 4)
    lines.push(data.codeGroups.slice(at, at + 4).join(' - '))
  return makeReport({
    title: '復旧シート',
    subtitle: `${data.townName} 電子契約デスク`,
    headLines: [`作成日時 ${formatJapaneseDateTime(data.createdAt)}`],
    mark: '取扱注意',
    footer: `${data.townName} 電子契約デスク 復旧シート 保管庫 ${data.archiveId}`,
    author: data.townName,
    createdAt: data.createdAt,
    blocks: [
      {
        type: 'paragraph',
        text: 'この紙は、パスワードを忘れたときに保管庫を開くための、ただ一つの手段です。パスワードもこの紙も失うと、保管庫の契約書は誰にも開けなくなります。',
      },
      { type: 'heading', text: '復旧コード' },
      { type: 'code', lines },
      { type: 'facts', rows: [['保管庫', data.archiveId]] },
      { type: 'heading', text: '保管のしかた' },
      {
        type: 'paragraph',
        text: '1. 印刷したら封筒に入れて封をし、封をした日と氏名を書いて、金庫など鍵のかかる場所に保管してください。\n2. パソコンの中や、保管庫のバックアップと同じ場所には置かないでください。\n3. このPDFファイルは、印刷した後に削除してください。\n4. 写真の撮影や複写をしないでください。必要な部数は、はじめに印刷してください。',
      },
      { type: 'heading', text: '使いかた' },
      {
        type: 'paragraph',
        text: '1. ログイン画面で「パスワードを忘れたとき」を選びます。\n2. 上の復旧コードを入力します。大文字と小文字の違い、空白、ハイフンは、気にする必要がありません。\n3. 新しいパスワードを決めます。\n4. 使った復旧コードは無効にし、設定の「復旧シートを作り直す」で新しい紙を作ってください。',
      },
      { type: 'heading', text: '使った記録' },
      {
        type: 'table',
        columns: [
          { label: '年月日', share: 20 },
          { label: '使った人', share: 25 },
          { label: '理由', share: 35 },
          { label: '確認した人', share: 20 },
        ],
        rows: [
          ['\n', '', '', ''],
          ['\n', '', '', ''],
        ],
      },
    ],
  })
}
