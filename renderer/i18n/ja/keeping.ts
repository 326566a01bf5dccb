/** 保全: backup and restore drill, import of old contracts, keys, papers. */
export const keepingText = {
  title: '保全',
  label: '保全の画面',
  sections: {
    backup: 'バックアップ',
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
} as const

/** What came of long work, by code. */
const outcomeText: Readonly<Record<string, string>> = {
  BACKUP_CANCELLED: '途中でやめました。前の世代はそのまま残っています。',
  BACKUP_INTERRUPTED: '途中でプログラムが終わりました。次の予定でとり直します。',
  BACKUP_DAMAGED: '書いたものを読み直したところ、内容が違いました。保存先の機器を確かめてください。',
  BACKUP_FOLDER_UNUSABLE: '保存先に書き込めません。つながっているか、権限があるかを確かめてください。',
  DISK_FULL: '保存先の空き容量が足りません。',
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
} as const

export const keepingTasks = {
  backup: 'バックアップ',
  'restore-drill': '復旧の練習',
} as const

/** Actions of the log. */
export const keepingActions = {
  'backup.made': 'バックアップをとりました',
  'backup.failed': 'バックアップに失敗しました',
  'backup.drilled': '復旧の練習をしました',
} as const

/** Notices on ホーム. */
export const keepingNotices = {
  BACKUP_NOT_SET: 'バックアップ先が決まっていません。「保全」で決めてください。',
  BACKUP_NEVER: 'まだ一度もバックアップをとっていません。「保全」で確かめてください。',
  BACKUP_FAILED: '前回のバックアップに失敗しました。「保全」で理由を確かめてください。',
} as const
