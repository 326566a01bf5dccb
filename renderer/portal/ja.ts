/** Every text the counterparty reads. Plain and polite; no word of the trade without need. */
import type { PortalContact } from '../../shared/portal-api/manifest.ts'

const deadlineFormat = new Intl.DateTimeFormat('ja-JP-u-ca-japanese', {
  era: 'long',
  year: 'numeric',
  month: 'long',
  day: 'numeric',
  weekday: 'short',
  hour: 'numeric',
  minute: '2-digit',
  timeZone: 'Asia/Tokyo',
})

/** 令和9年1月31日(日) 23:59 */
export function formatMoment(epochMs: number): string {
  return deadlineFormat.format(epochMs)
}

/** A deadline is the first moment that is too late; people are told the last one that is not. */
export function formatDeadline(epochMs: number): string {
  return `${formatMoment(epochMs - 1)} まで`
}

export type DeadReason =
  | 'link-damaged'
  | 'unknown'
  | 'expired'
  | 'download-expired'
  | 'revoked'
  | 'download-revoked'
  | 'replaced'
  | 'locked'
  | 'answered'
  | 'network'
  | 'browser'
  | 'package-damaged'
  | 'busy'
  | 'unreachable'

export const deadText: Readonly<
  Record<DeadReason, { readonly title: string; readonly body: readonly string[] }>
> = {
  'link-damaged': {
    title: 'リンクが正しくありません',
    body: [
      'メールのリンクが途中で切れているか、書き換わっています。',
      'お手数ですが、メールのリンクをもう一度押すか、リンク全体をコピーしてブラウザーのアドレス欄に貼り付けてください。',
    ],
  },
  unknown: {
    title: 'この手続きは見つかりません',
    body: ['リンクが古いか、正しくない可能性があります。', '一番新しいメールのリンクをお使いください。'],
  },
  expired: {
    title: '回答期限を過ぎました',
    body: [
      'この署名依頼は、回答期限を過ぎたため終了しました。文書はここに残っていません。',
      '引き続き手続きをご希望の場合は、下記の担当へご連絡ください。新しいリンクをお送りします。',
    ],
  },
  'download-expired': {
    title: 'ダウンロードできる期間（14日間）が終わりました',
    body: [
      '締結済みの文書は、町が保管しています。',
      'もう一度ダウンロードが必要な場合は、下記の担当へご連絡ください。新しいリンクをお送りします。',
    ],
  },
  revoked: {
    title: 'この署名依頼は取り下げられました',
    body: [
      '町がこの署名依頼を取り下げました。手続きは必要ありません。',
      'ご不明な点は、下記の担当へお問い合わせください。',
    ],
  },
  'download-revoked': {
    title: 'このダウンロードは終了しました',
    body: [
      '町がこのダウンロードを終了しました。',
      'もう一度ダウンロードが必要な場合は、下記の担当へご連絡ください。新しいリンクをお送りします。',
    ],
  },
  replaced: {
    title: 'このリンクは無効です（新しいリンクに差し替えられました）',
    body: [
      '新しいリンクをメールでお送りしています。一番新しいメールのリンクをお使いください。',
      'メールが見当たらない場合は、下記の担当へお問い合わせください。',
    ],
  },
  locked: {
    title: 'アクセスコードの誤りが5回続いたため、ロックしました',
    body: [
      '安全のため、この手続きを一時的に止めています。',
      '下記の担当へご連絡ください。ご本人であることを確認のうえ、ロックを解除します。解除のあとで「もう一度試す」を押してください。',
    ],
  },
  answered: {
    title: '回答は受け付け済みです',
    body: [
      'この署名依頼への回答は、すでに受け付けています。もう一度手続きをする必要はありません。',
      '双方の署名が済むと、「電子署名完了のお知らせ」をメールでお送りします。',
    ],
  },
  network: {
    title: 'このネットワークからは開けません',
    body: [
      'この手続きは、決められたネットワーク（会社の回線など）からのみ開けます。',
      'ご不明な点は、下記の担当へお問い合わせください。',
    ],
  },
  browser: {
    title: 'このブラウザーでは手続きができません',
    body: ['最新の Microsoft Edge、Google Chrome、Safari、Firefox のいずれかで開いてください。'],
  },
  'package-damaged': {
    title: '文書を正しく読み込めませんでした',
    body: [
      '届いた文書が、町が送った文書と一致しません。安全のため、表示を止めました。',
      '下記の担当へご連絡ください。',
    ],
  },
  busy: {
    title: 'ただいま混み合っています',
    body: ['しばらく待ってから、もう一度お試しください。'],
  },
  unreachable: {
    title: 'サーバーにつながりません',
    body: ['インターネットの接続をご確認のうえ、もう一度お試しください。'],
  },
}

export const portalText = {
  service: '電子契約 署名手続き',
  serviceOf: (town: string) => `${town} 電子契約`,
  pageTitle: (title: string) => `${title}｜電子契約 署名手続き`,
  loading: '読み込んでいます…',
  tryAgain: 'もう一度試す',
  close: '閉じる',
  back: '戻る',
  required: '必須',
  error: 'エラー：',
  contactTitle: 'お問い合わせ先',
  contactName: (contact: PortalContact) => [contact.townName, contact.department].filter(Boolean).join(' '),
  contactUnknown: 'ご不明な点は、メールに記載の担当課へお問い合わせください。',
  phone: '電話',
  mail: 'メール',
  hours: '受付時間',
  receiptNumber: '受付番号',
  receivedAt: '受付日時',

  code: {
    title: 'アクセスコードの入力',
    lead: '電子契約利用申出書に記入されたアクセスコードを入力してください。',
    why: '無関係な方が文書を見ることを防ぐためにお聞きしています。',
    label: 'アクセスコード',
    hint: '英数字。大文字と小文字は区別します。全角で入力しても構いません。',
    show: '入力した文字を表示する',
    next: '次へ',
    checking: '確認しています…',
    empty: 'アクセスコードを入力してください。',
    wrong: (left: number) => `アクセスコードが違います。あと${left}回間違えると、安全のためロックされます。`,
    forgotten: 'アクセスコードが分からない場合',
    forgottenBody: '下記の担当へお問い合わせください。コードはメールではお送りしていません。',
  },

  review: {
    title: '文書の確認',
    deadline: '回答期限',
    signer: '署名する方',
    lead: '文書を最後のページまでご確認のうえ、「完了」を押してください。',
    allSeen: 'すべての文書を確認しました。内容に問題がなければ「完了」を押してください。',
    remaining: (titles: readonly string[]) => `まだ最後のページまで確認していない文書：${titles.join('、')}`,
    tabs: '文書',
    roleSign: '署名',
    roleView: '参考',
    seen: '確認済み',
    notSeen: '未確認',
    opened: '表示済み',
    notOpened: '未表示',
    viewOnly: '参考の文書です。署名の対象ではありません。',
    documentLoading: (title: string) => `${title} を読み込んでいます…`,
    documentFailed: '文書を読み込めませんでした。インターネットの接続をご確認ください。',
    loadAgain: 'もう一度読み込む',
    cannotShow: 'この文書を表示できませんでした。下記の担当へご連絡ください。',
    complete: '完了',
    decline: '辞退する',
    details: '詳細',
    detailsTitle: '文書の詳細',
    detailsLead:
      'SHA-256は、文書が1文字も変わっていないことを確かめるための値です。お手元の画面に表示した文書から計算しています。',
    fileName: 'ファイル名',
    size: '大きさ',
    pages: 'ページ数',
    bytes: (size: number) => `${size.toLocaleString('ja-JP')} バイト`,
    roughSize: (size: number) =>
      size < 1_000_000
        ? `約 ${Math.max(1, Math.round(size / 1000))} KB`
        : `約 ${(size / 1_000_000).toFixed(1)} MB`,
    pageCount: (count: number) => `${count} ページ`,
    sha256: 'SHA-256',
    notLoaded: '読み込み前',
    fieldMine: (label: string) => `${label}（あなたの署名欄）`,
  },

  confirm: {
    title: '署名手続きの確認',
    lead: '次の内容で署名します。よろしければ「署名手続きを完了する」を押してください。',
    documents: '署名する文書',
    reference: '参考の文書',
    referenceUnseen: '（開いていません）',
    as: '署名する方',
    statement: '同意する内容',
    notes: '留意事項',
    finish: '署名手続きを完了する',
    sending: '送信しています…',
  },

  decline: {
    title: '署名の辞退',
    lead: '辞退すると、この署名依頼は終了します。理由は町の担当者に伝わります。',
    reason: '辞退の理由',
    reasonHint: '例：契約金額が見積書と違うため',
    reasonEmpty: '辞退の理由を入力してください。',
    finish: '辞退を送信する',
  },

  sendFailed: {
    offline:
      '送信できませんでした。インターネットの接続をご確認のうえ、もう一度押してください。二重に受け付けられることはありません。',
    other:
      '送信できませんでした。しばらく待ってから、もう一度押してください。二重に受け付けられることはありません。',
  },

  done: {
    consentTitle: '署名手続きが完了しました',
    consentBody: 'ご対応ありがとうございました。この画面は閉じて構いません。',
    nextTitle: 'このあとの流れ',
    next: [
      '双方の署名が済むと、「電子署名完了のお知らせ」をメールでお送りします。',
      'そのメールから、締結済みの文書を14日間ダウンロードできます。',
    ],
    refusalTitle: '辞退を受け付けました',
    refusalBody: '町の担当者が理由を確認し、必要に応じてご連絡します。この画面は閉じて構いません。',
    print: 'この画面を印刷する',
    caseTitle: '業務名',
    documents: '署名した文書',
    signer: '署名した方',
    decliner: '辞退した方',
  },

  download: {
    title: '締結済み文書のダウンロード',
    lead: '双方の署名が済みました。下の文書をダウンロードして、大切に保管してください。',
    until: 'ダウンロード期限',
    roleSigned: '締結済み文書',
    roleCertificate: '締結証明書',
    save: 'ダウンロード',
    saveOf: (title: string) => `${title} をダウンロード`,
    saving: '準備しています…',
    saved: 'ダウンロードしました',
    failed: 'ダウンロードできませんでした。インターネットの接続をご確認のうえ、もう一度押してください。',
    verifyTitle: '電子署名の確認方法',
    verify: [
      'Adobe Acrobat Reader で文書を開きます。',
      '「署名パネル」を開くと、署名した人、日時、文書が変更されていないことを確認できます。',
    ],
  },
} as const
