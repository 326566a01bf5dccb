import { importProblems } from '../../../shared/model/import-problems.ts'

/** 保全: backup and restore drill, import of old contracts, keys, papers. */
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
      'バックアップを別の場所に復元し、データベース、すべてのファイルの内容と署名、操作ログの連なりを調べます。いまの保管庫には触れません。終わると復元したものは消えます。',
    drillGeneration: '世代',
    drillNewest: '最新の世代',
    drillKind: '何で開きますか',
    drillKinds: { password: '自分のパスワード', recovery: '復旧シートの番号' },
    password: 'パスワード',
    recoveryCode: '復旧シートの番号',
    drillStart: '練習を始める',
    drillGood: '問題はありませんでした。この控えから復旧できます。',
    drillBad: (count: number) => `問題が${count}件見つかりました。管理者と販売元に知らせてください。`,
    drillFacts: (cases: number, files: number, log: number) =>
      `案件 ${cases}件、ファイル ${files}件、操作ログ ${log}件を調べました。`,
    print: '記録（PDF）を開く',
    printName: '復旧訓練の記録.pdf',
  },
  import: {
    lead: '紙をスキャンした契約、古い契約、ほかの電子契約サービスから書き出した契約を、まとめて保管庫に入れます。PDFと一覧表（CSV）を選んでください。',
    files: 'PDFを選ぶ（複数）',
    filesHint: '一覧表の「ファイル名」の列と同じ名前のPDFを選びます。',
    chooseFolder: 'フォルダーごと選ぶ',
    csv: '一覧表（CSV）を選ぶ',
    csvHint: '1行目は見出し。文字コードはUTF-8とShift_JISのどちらでも読めます。',
    uploading: (done: number, total: number) => `ファイルを受け取っています（${done}／${total}）`,
    chosenFiles: (count: number) => `PDF ${count.toLocaleString('ja-JP')}件`,
    read: (lines: number, encoding: string) =>
      `${lines.toLocaleString('ja-JP')}行（${encoding}）を読みました。`,
    services: {
      'gmo-sign': 'GMOサインの一覧と同じ見出しです。',
      cloudsign: 'クラウドサインの一覧と同じ見出しです。',
    },
    mappingFrom: {
      remembered: '前回と同じ見出しなので、前回の対応を使います。',
      recognised: '見出しから対応を読み取りました。違うところは直してください。',
    },
    mapping: '列の対応',
    noColumn: '（使わない）',
    fields: {
      file: 'ファイル名（必須）',
      title: '件名（必須）',
      counterparty: '取引先',
      corporateNumber: '法人番号',
      contractDate: '取引年月日',
      amount: '取引金額',
      contractNumber: '契約番号',
      department: '所管課',
      method: '契約方法',
      kind: '契約種別',
      periodFrom: '履行期間の始め',
      periodTo: '履行期間の終わり',
      completedOn: '完結日',
      retentionYears: '保存期間（年）',
      remarks: '備考',
    },
    name: 'この取り込みの名前',
    nameHint: '訂正削除履歴に出どころとして残ります。例：令和5年度 工事契約（紙）',
    department: '所管課（一覧表に書かれていないとき）',
    folder: '入れるフォルダ',
    noFolder: '（フォルダなし：所管課の人と記録担当だけが見られます）',
    timestamp: '1件ずつタイムスタンプを付ける',
    timestampHint: '受け取った電子データは、2か月と7営業日以内に付けてください。',
    dryRun: '試しに調べる（何も変えません）',
    run: '取り込む',
    checked: (made: number, duplicate: number, refused: number) =>
      `調べました。取り込めるもの ${made}件、すでにあるもの ${duplicate}件、取り込めないもの ${refused}件。`,
    finished: (made: number, duplicate: number, refused: number) =>
      `終わりました。取り込んだもの ${made}件、すでにあったもの ${duplicate}件、取り込めなかったもの ${refused}件。`,
    report: '結果の一覧（CSV）を保存',
    reportName: '取り込みの結果.csv',
    problems: '確かめるもの',
    columns: { line: '行', outcome: '結果', problem: '理由', title: '件名', file: 'ファイル' },
    outcomes: {
      make: '取り込めます',
      made: '取り込みました',
      duplicate: 'すでにあります',
      refused: '取り込めません',
    },
    history: 'これまでの取り込み',
    noHistory: 'まだ取り込んでいません。',
    states: { running: '実行中', interrupted: '途中で止まっています', done: '完了', cancelled: '中止' },
    resume: '続きから取り込む',
    counts: (made: number, duplicate: number, refused: number, lines: number) =>
      `${lines}行：取り込み ${made}、重複 ${duplicate}、不可 ${refused}`,
    stamp: 'タイムスタンプのない文書に付ける',
    stampTitle: '受け取った文書のタイムスタンプ',
    stampLead:
      '取り込んだ文書のうち、まだタイムスタンプのないものに付けます。付けられないときは、あとでもう一度試せます。',
    stamped: (made: number, refused: number) => `${made}件に付けました。付けられなかったもの ${refused}件。`,
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
    rotated: '元の鍵をつくり直しました。',
    sheetLink: '復旧シートをつくり直す',
    usersLink: 'パスワードをつくり直す（利用者）',
  },
  print: {
    copyTitle: '契約の写し',
    copyLead: '支出命令や監査に添える写しをつくります。表紙には、原本のSHA-256と署名の確認結果が入ります。',
    find: '契約を探す（件名、相手方、契約番号など）',
    nothing: '見つかりません。',
    make: '写しをつくる',
    cover: '表紙を開く',
    coverName: '写しの表紙.pdf',
    historyTitle: '訂正削除履歴',
    historyLead: '条件に合う記録を、新しいものから印刷用のPDFにします。',
    historyFind: '案件名・項目・理由・変更した人（空欄はすべて）',
    from: 'いつから',
    to: 'いつまで',
    historyMake: '履歴のPDFをつくる',
    historyName: '訂正削除履歴.pdf',
  },
} as const

/** `CODE` or `CODE:field`. */
export function importProblemText(problem: string): string {
  const [code = '', field = ''] = problem.split(':')
  const names: Readonly<Record<string, string>> = keepingText.import.fields
  const where = Object.hasOwn(names, field) ? `（${names[field]}）` : field === '' ? '' : `（${field}）`
  return `${importProblems[code] ?? code}${where}`
}

/** What came of long work, by code. */
const outcomeText: Readonly<Record<string, string>> = {
  BACKUP_CANCELLED: '途中でやめました。前の世代はそのまま残っています。',
  BACKUP_INTERRUPTED: '途中でプログラムが終わりました。次の予定でとり直します。',
  BACKUP_FILES_MISSING:
    'バックアップはとりましたが、保管庫に見つからないファイルがあります。「desk archive check」で調べ、前の世代から戻してください。',
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

export function outcomeSentence(code: string): string {
  return outcomeText[code] ?? `できませんでした（${code}）。`
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
  CSV_UNREADABLE: 'CSVとして読めません。表計算ソフトで開いて、CSV形式で保存し直してください。',
  CSV_EMPTY: '一覧表に行がありません。1行目は見出し、2行目からが契約です。',
  IMPORT_COLUMN_MISSING: '「ファイル名」と「件名」の列を選んでください。',
} as const

export const keepingTasks = {
  backup: 'バックアップ',
  'restore-drill': '復旧の練習',
  'import-check': '取り込みの下調べ',
  import: '取り込み',
  'stamp-received': '受け取った文書のタイムスタンプ',
} as const

/** Notices on ホーム. */
export const keepingNotices = {
  BACKUP_NOT_SET: 'バックアップ先が決まっていません。「保全」で決めてください。',
  BACKUP_NEVER: 'まだ一度もバックアップをとっていません。「保全」で確かめてください。',
  BACKUP_FAILED: '前回のバックアップに失敗しました。「保全」で理由を確かめてください。',
  TIMESTAMP_OVERDUE: (data: { readonly [name: string]: string | number }) =>
    `受け取ってから2か月と7営業日を過ぎても、タイムスタンプのない文書が${data.count}件あります。「保全」の「取り込み」で付けてください。`,
  TIMESTAMP_DUE: (data: { readonly [name: string]: string | number }) =>
    `タイムスタンプの期限が近い文書が${data.count}件あります。「保全」の「取り込み」で付けてください。`,
} as const
