/** 保全: backup and restore drill, import of old contracts, keys, papers. */
import { IMPORT_MAX_FILES } from '../../../shared/bridge/imports.ts'
import { importFieldNames } from '../../../shared/model/names.ts'

function count(number: number): string {
  return number.toLocaleString('ja-JP')
}

const NAMES_SHOWN = 5

function some(names: readonly string[]): string {
  const shown = names.slice(0, NAMES_SHOWN).map((name) => `「${name}」`)
  return `${shown.join('、')}${names.length > NAMES_SHOWN ? `ほか${count(names.length - NAMES_SHOWN)}件` : ''}`
}

export const keepingText = {
  title: '保全',
  label: '保全の画面',
  sections: {
    import: '取り込み',
    backup: 'バックアップ',
    print: '印刷',
    keys: '鍵',
  },
  backup: {
    lead: '毎日1回、暗号化したまま別の場所へ控えをとり、書いたものを読み直して確かめます。開くには、パスワードか復旧シートが必要です。',
    state: 'いまの状態',
    warnings: {
      BACKUP_NOT_SET: 'バックアップ先が決まっていません。このPCが壊れると、契約を失います。',
      BACKUP_NEVER: 'まだ一度もバックアップをとっていません。',
      BACKUP_FAILED: '前回のバックアップに失敗しました。下の記録で理由を確かめてください。',
      BACKUP_NOT_RUN: '2日以上、バックアップがとれていません。保存先につながるか確かめてください。',
    },
    good: 'バックアップはとれています。',
    running: 'バックアップをとっています。',
    lastSuccess: '最後にとれた日時',
    next: '次の予定',
    generations: '残っている世代',
    generationCount: (count: number) => `${count}世代`,
    unreachable: '保存先につながりません',
    runNow: '今すぐバックアップ',
    drill: '復旧の練習',
    settings: '保存先と時刻',
    folder: '保存先のフォルダー',
    folderHint:
      'このPCとは別の機器（NASなど）のフォルダーを、最初から書いてください。例：\\\\nas\\keiyaku、/mnt/nas/keiyaku',
    dailyAt: '毎日とる時刻（例：12:30）',
    dailyAtHint: 'PCが止まっていたときは、次に開いたときにとります。',
    dailyAtWrong: '時刻を「12:30」のように入力してください。',
    keepDaily: '毎日の世代を残す数',
    keepMonthly: 'それより古い、月ごとの世代を残す数',
    runs: 'これまでの記録',
    noRuns: '記録はまだありません。',
    columns: {
      started: '始めた日時',
      result: '結果',
      files: 'ファイル',
      copied: '新しく写した量',
      target: '保存先',
    },
    ok: '完了（読み直して確認済み）',
    drillTitle: '復旧の練習をします',
    drillLead:
      'バックアップを別の場所に復元し、データベース、すべてのファイルの内容と署名、操作ログの連なりを調べます。いまの保管庫には触れません。終わると復元したものは消えます。時間のかかることがあり、画面を離れても続きます。結果と記録（PDF）は、この画面と「保管庫」の「作業の結果」に1日のあいだ残ります。',
    drillGeneration: '世代',
    drillNewest: '最新の世代',
    drillKind: '何で開きますか',
    drillKinds: { password: '自分のパスワード', recovery: '復旧シートの番号' },
    password: 'パスワード',
    recoveryCode: '復旧シートの番号',
    drillStart: '練習を始める',
  },
  import: {
    lead: '紙をスキャンした契約、古い契約、ほかの電子契約サービスから書き出した契約を、まとめて保管庫に入れます。PDFと一覧表（CSV）、またはそれらの入ったZIPを入れてください。',
    newTitle: '新しい取り込み',
    drop: 'PDFと一覧表（CSV）、またはZIPを入れる',
    dropHint:
      'いくつでも、フォルダーごとでも入れられます（PDFは1件200MBまで、ZIPは大きさを問いません）。入れたものは暗号化して預かり、画面を離れても、プログラムを閉じても残ります。',
    sending: (done: number, total: number) =>
      `ファイルを受け取っています（${count(done)}／${count(total)}件）`,
    stopSending: '受け取りをやめる',
    left: (number: number) => `まだ受け取っていないファイルが${count(number)}件あります。`,
    sendLeft: '続きを送る',
    tooLarge: (names: readonly string[]) => `200MBを超えるため受け取れません：${some(names)}`,
    unused: (names: readonly string[]) => `PDF・CSV・ZIPではないため使いません：${some(names)}`,
    zipUnused: (names: readonly string[]) => `ZIPの中の、PDFとCSVではないものは使いません：${some(names)}`,
    replaced: (number: number) => `同じ場所の${count(number)}件は、新しいものに置き換えました。`,
    gathered: '預かっているもの',
    pdfs: 'PDF',
    pdfCount: (number: number, size: string) => `${count(number)}件（${size}）`,
    table: '一覧表',
    noTable:
      'まだありません。CSVを入れてください。ファイル名だけを書いたひな形を保存して、表計算ソフトで埋めることもできます。',
    form: '一覧表のひな形を保存',
    formName: '一覧表.csv',
    zips: 'ZIP',
    zipCutOff: (path: string, received: number, parts: number) =>
      `「${path}」の受け取りが途中です（${received}／${parts}）。同じZIPをもう一度入れてください。`,
    zipWaiting: (path: string) => `「${path}」は、まだ開いていません。`,
    unpack: 'ZIPを開く',
    discard: '預けたものをすべて捨てる',
    discardLead: (number: number) =>
      `預かっているPDF ${count(number)}件と一覧表を捨てます。元のファイルはそのまま残ります。`,
    working: { draft: 'ファイルを調べています', import: '取り込んでいます' },
    runningTitle: (name: string) => `取り込み中：${name}`,
    stop: '中止する',
    stopHint: '中止しても、取り込んだ契約は残ります。あとで続きから取り込めます。',
    tableChoice: '使う一覧表',
    read: (lines: number, encoding: string) => `${count(lines)}行（${encoding}）を読みました。`,
    services: {
      'gmo-sign': 'GMOサインの一覧と同じ見出しです。',
      cloudsign: 'クラウドサインの一覧と同じ見出しです。',
    },
    mappingFrom: {
      remembered: '前回と同じ見出しなので、前回の対応を使います。',
      recognised: '見出しから対応を読み取りました。違うところは直してください。',
    },
    mapping: '列の対応',
    example: (cell: string) => `例：${cell}`,
    noColumn: '（使わない）',
    fields: {
      ...importFieldNames,
      file: `${importFieldNames.file}（必須）`,
      title: `${importFieldNames.title}（必須）`,
      retentionYears: `${importFieldNames.retentionYears}（年）`,
    },
    name: 'この取り込みの名前',
    nameHint: '訂正削除履歴に出どころとして残ります。例：令和5年度 工事契約（紙）',
    department: '所管課（一覧表に書かれていないとき）',
    folder: '入れるフォルダ',
    noFolder: '（フォルダなし：所管課の人と記録担当だけが見られます）',
    timestamp: '1件ずつタイムスタンプを付ける',
    timestampHint: '受け取った電子データは、2か月と7営業日以内に付けてください。',
    openFiles: '調べるときに、PDFも1件ずつ開く',
    openFilesHint:
      '暗号化・破損・署名の改変・文字のない画像が、取り込む前に分かります。取り込みと同じくらいの時間がかかります。',
    dryRun: '試しに調べる（何も変えません）',
    run: '取り込む',
    checked: (made: number, duplicate: number, refused: number) =>
      `調べました。取り込めるもの ${count(made)}件、すでにあるもの ${count(duplicate)}件、取り込めないもの ${count(refused)}件。`,
    finished: (made: number, duplicate: number, refused: number) =>
      `終わりました。取り込んだもの ${count(made)}件、すでにあったもの ${count(duplicate)}件、取り込めなかったもの ${count(refused)}件。`,
    soFar: (made: number, duplicate: number, refused: number) =>
      `ここまで：取り込んだもの ${count(made)}件、すでにあったもの ${count(duplicate)}件、取り込めなかったもの ${count(refused)}件。`,
    unlisted: (number: number) => `一覧表にないPDFが${count(number)}件あります。取り込みません。`,
    unstamped: (number: number) =>
      `タイムスタンプを付けられなかったものが${count(number)}件あります。下の「タイムスタンプのない文書に付ける」で、あとから付けられます。`,
    report: '結果の一覧（CSV）を保存',
    reportName: { dry: '取り込みの下調べ.csv', run: '取り込みの結果.csv' },
    problems: '確かめるもの',
    moreProblems: (shown: number) => `はじめの${shown}件です。すべては「結果の一覧（CSV）」にあります。`,
    columns: { line: '行', outcome: '結果', problem: '理由', title: '件名', file: 'ファイル' },
    linesHint: '「行」は、見出しのすぐ下を1とした一覧表の行です。',
    outcomes: {
      make: '取り込めます',
      made: '取り込みました',
      duplicate: 'すでにあります',
      refused: '取り込めません',
      unlisted: '一覧表にありません',
    },
    history: 'これまでの取り込み',
    noHistory: 'まだ取り込んでいません。',
    nameless: '（準備中）',
    states: {
      open: '準備中',
      running: '実行中',
      interrupted: '途中で止まっています',
      cancelled: '中止しました（続きから取り込めます）',
      discarded: '途中でやめました',
      done: '完了',
    },
    show: '結果を見る',
    hide: '閉じる',
    resultOf: (name: string) => `「${name}」の結果`,
    resume: '続きから取り込む',
    giveUp: '残りをやめる',
    giveUpTitle: 'この取り込みの残りをやめます',
    giveUpLead: (made: number) =>
      `取り込んだ${count(made)}件はそのまま残ります。まだ取り込んでいないファイルは、預かりから捨てます。`,
    counts: (made: number, duplicate: number, refused: number, lines: number) =>
      `${count(lines)}行：取り込み ${count(made)}、重複 ${count(duplicate)}、不可 ${count(refused)}`,
    stamp: 'タイムスタンプのない文書に付ける',
    stampTitle: '受け取った文書のタイムスタンプ',
    stampLead:
      '取り込んだ文書のうち、まだタイムスタンプのないものに付けます。付けられないときは、あとでもう一度試せます。',
    stamped: (made: number, refused: number) =>
      `${count(made)}件に付けました。付けられなかったもの ${count(refused)}件。`,
  },
  keys: {
    lead: '保管庫は、登録された人のパスワードか復旧シートがないと開けません。',
    passwords: 'パスワードで開ける人',
    sheets: '復旧シート',
    keychains: 'このPCの鍵束',
    generation: '元の鍵をつくり直した回数',
    count: (count: number) => `${count}件`,
    times: (count: number) => `${count}回`,
    rotate: '元の鍵をつくり直す',
    rotateLead:
      '元の鍵を新しくします。パスワードと復旧シートはそのまま使えます。前の鍵では何も開けなくなります。人の異動やPCの入れ替えのときに行ってください。',
    rotation: {
      running: '元の鍵をつくり直しています。この画面を離れても続きます。',
      done: '元の鍵をつくり直しました。',
      cancelled: '中止しました。前の鍵がそのまま使えます。',
      failed: 'つくり直せませんでした。前の鍵がそのまま使えます。',
    },
    sheetLink: '復旧シートをつくり直す',
    usersLink: 'パスワードをつくり直す（利用者）',
  },
  print: {
    copyTitle: '契約の写し',
    copyLead:
      '支出命令や監査に添える写しを、1つのPDFでつくります。署名を確かめた結果の表紙のあとに、保管している文書の全頁が「写し」と示されて続きます。期間や条件でまとめてつくるときは、「保管庫」で探してから「写しをつくる」を選んでください。',
    find: '契約を探す（件名、相手方、契約番号など）',
    nothing: '見つかりません。',
    add: '選ぶ',
    added: '選びました',
    chosen: (count: number) => `写しをつくる契約（${count}件、この順）`,
    remove: (title: string) => `「${title}」を外す`,
    make: (count: number) => `${count}件の写しをつくる`,
    historyTitle: '訂正削除履歴',
    historyLead: '条件に合う記録を、新しいものから印刷用のPDFにします。',
    historyFind: '案件名・項目・理由・変更した人（空欄はすべて）',
    from: 'いつから',
    to: 'いつまで',
    historyMake: '履歴のPDFをつくる',
    historyName: '訂正削除履歴.pdf',
  },
} as const

/** What came of long work, by code. */
const outcomeText: Readonly<Record<string, string>> = {
  BACKUP_CANCELLED: '途中でやめました。前の世代はそのまま残っています。',
  BACKUP_INTERRUPTED: '途中でプログラムが終わりました。次の予定でとり直します。',
  BACKUP_FILES_MISSING:
    'バックアップはとりましたが、保管庫に見つからないファイルがあります。「desk archive check」で調べ、前の世代から戻してください。',
  BACKUP_FILES_DAMAGED:
    'バックアップはとりましたが、保管庫の中に、前に保存したときと違うファイルがあります。前の世代の写しを残してあります。「desk archive check」で調べ、前の世代から戻してください。',
  BACKUP_OLD_NOT_REMOVED:
    'バックアップはとりましたが、古い世代を片付けられませんでした。保存先に古い世代の壊れたファイルがないか、消す権限があるかを確かめてください。',
  BACKUP_DAMAGED: '書いたものを読み直したところ、内容が違いました。保存先の機器を確かめてください。',
  BACKUP_FOLDER_UNUSABLE: '保存先に書き込めません。つながっているか、権限があるかを確かめてください。',
  DISK_FULL: '保存先の空き容量が足りません。',
  DISK_FAILED: 'ディスクの読み書きに失敗しました。ディスクを確かめてください。',
  WRONG_SECRET: 'パスワードまたは復旧シートの番号では、この世代を開けませんでした。',
  TOO_MANY_ATTEMPTS: '続けて間違えたため、しばらく待つ必要があります。',
  DATABASE_DAMAGED: '復元したデータベースが壊れています。別の世代で試してください。',
  TASK_CANCELLED: '途中でやめました。',
  KEEPING_BUSY: 'ほかの保全の作業が動いています。終わってからもう一度お試しください。',
  INTERNAL: '思わぬ不具合で終わりました。管理者に知らせてください。',
}

/** Work on the archive's own disk, where a drill reads a backup that was made before; making one is `outcomeText`. */
export function archiveOutcomeSentence(code: string): string {
  return archiveOutcomeText[code] ?? outcomeSentence(code)
}

const archiveOutcomeText: Readonly<Record<string, string>> = {
  DISK_FULL: '保管庫のディスクの空きが足りません。空きを増やしてから、もう一度行ってください。',
  BACKUP_DAMAGED:
    'この世代の控えの内容が、とったときと違います。保存先の機器を確かめ、別の世代でも試してください。',
}

export function outcomeSentence(code: string): string {
  return outcomeText[code] ?? `できませんでした（${code}）。`
}

/** Why a ZIP was not taken; nothing of it stays. */
const zipText: Readonly<Record<string, string>> = {
  ZIP_DAMAGED: 'ZIPが壊れているか、分割されています。作り直してください。',
  ZIP_ENCRYPTED:
    'パスワードの付いたZIPは開けません。パスワードのないZIPにするか、中のファイルをフォルダーごと入れてください。',
  ZIP_PATH_UNSAFE:
    'ZIPの中に、フォルダーの外を指す名前があります。安全のため開きません。出どころを確かめてください。',
  ZIP_BOMB: 'ZIPの中身の大きさがふつうではありません。安全のため開きません。出どころを確かめてください。',
  ZIP_METHOD_UNKNOWN: 'ZIPの圧縮のしかたに対応していません。ふつうの方式（Deflate）で作り直してください。',
  ZIP_TOO_MANY_FILES: `一度に預かれるPDFは${IMPORT_MAX_FILES.toLocaleString('ja-JP')}件までです。分けて取り込んでください。`,
  ZIP_FILE_TOO_LARGE: 'ZIPの中に、200MBを超えるファイルがあります。',
  ZIP_NOTHING_USABLE: 'ZIPの中に、PDFも一覧表（CSV）もありません。',
  DISK_FULL: archiveOutcomeSentence('DISK_FULL'),
  FILE_DAMAGED: '預かったZIPを読み出せません。もう一度入れてください。',
  FILE_NOT_FOUND: '預かったZIPを読み出せません。もう一度入れてください。',
}

export function importOutcomeSentence(code: string, detail: string): string {
  const sentence = zipText[code] ?? outcomeSentence(code)
  return detail === '' ? sentence : `${sentence}（${detail}）`
}

/** Failures that the procedures of this group declare. */
export const keepingErrors = {
  BACKUP_FOLDER_INSIDE_ARCHIVE:
    '保管庫と同じ場所には控えを置けません。別の機器のフォルダーを選んでください。',
  BACKUP_FOLDER_UNUSABLE:
    '保存先のフォルダーに書き込めません。最初からの書き方（例：\\\\nas\\keiyaku）と権限を確かめてください。',
  BACKUP_NOT_FOUND: 'バックアップの世代が見つかりません。先に「今すぐバックアップ」をしてください。',
  BACKUP_NOT_SET: 'バックアップ先が決まっていません。先に保存先を保存してください。',
  KEEPING_BUSY: 'ほかの保全の作業が動いています。終わってからもう一度お試しください。',
  CSV_UNREADABLE: (data: { readonly [name: string]: unknown }) =>
    `CSVとして読めません${typeof data.line === 'number' ? `（${count(data.line)}行目あたり。引用符（"）の閉じ忘れなど）` : ''}。表計算ソフトで開いて、CSV形式で保存し直してください。`,
  CSV_ENCODING:
    '一覧表の文字コードを読み取れません。表計算ソフトで「CSV UTF-8（コンマ区切り）」を選んで保存し直してください。',
  CSV_IS_WORKBOOK:
    '一覧表がExcelのブックのままです。Excelで「CSV UTF-8（コンマ区切り）」を選んで保存し直してください。',
  CSV_TOO_LARGE: `一覧表が大きすぎます（${IMPORT_MAX_FILES.toLocaleString('ja-JP')}行まで）。分けて取り込んでください。`,
  IMPORT_FILES_MISSING:
    '預かったファイルが見つかりません（控えから復元したあとなど）。新しい取り込みとして入れ直してください。すでに取り込んだものは重複として見分けます。',
  IMPORT_TOO_MANY_FILES: `一度に預かれるPDFは${IMPORT_MAX_FILES.toLocaleString('ja-JP')}件までです。分けて取り込んでください。`,
  ZIP_INCOMPLETE: 'ZIPの受け取りが途中です。同じZIPをもう一度入れてください。',
  INDEX_UNREADY:
    '検索の索引をつくり直しているため、まだ見つからない契約があります。終わってから、もう一度お試しください。',
  DISPOSAL_UNFINISHED:
    'まだ消し終わっていないファイルがあるため、廃棄証明書をつくれません。しばらくしてから、もう一度お試しください。',
  CSV_EMPTY: '一覧表に行がありません。1行目は見出し、2行目からが契約です。',
  IMPORT_COLUMN_MISSING: '「ファイル名」と「件名」の列を選んでください。',
} as const

export const keepingTasks = {
  backup: 'バックアップ',
  'restore-drill': '復旧の練習',
  'rotate-key': '元の鍵のつくり直し',
  'import-check': '取り込みの下調べ',
  'import-unpack': 'ZIPの取り出し',
  'import-clear': '預かったファイルの片付け',
  import: '取り込み',
  'stamp-received': '受け取った文書のタイムスタンプ',
} as const

/** Notices on ホーム. */
export const keepingNotices = {
  BACKUP_NOT_SET: 'バックアップ先が決まっていません。「保全」で決めてください。',
  BACKUP_NEVER: 'まだ一度もバックアップをとっていません。「保全」で確かめてください。',
  COMMITS_LOST: ({ names }: { readonly [name: string]: string | number }) =>
    `異常終了のあとの記録が壊れていて、最後の変更のいくつかを読めませんでした。操作ログで日時を確かめ、足りないものを入れ直してください。${names === '' ? '' : `済んだら、保管庫のフォルダーの${names}を別の場所へ移すと、この知らせは消えます。`}`,
  BACKUP_FAILED: '前回のバックアップに失敗しました。「保全」で理由を確かめてください。',
  TIMESTAMP_OVERDUE: (data: { readonly [name: string]: string | number }) =>
    `受け取ってから2か月と7営業日を過ぎても、タイムスタンプのない文書が${data.count}件あります。「保全」の「取り込み」で付けてください。`,
  TIMESTAMP_DUE: (data: { readonly [name: string]: string | number }) =>
    `タイムスタンプの期限が近い文書が${data.count}件あります。「保全」の「取り込み」で付けてください。`,
} as const
