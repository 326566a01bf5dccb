import type {
  CertificateSigner,
  CompletionCertificateData,
} from '../../../electron/core/pages/completion-certificate.ts'
import type { EpochMs, Sha256Hex } from '../../../shared/model/brand.ts'

const at = (iso: string) => Date.parse(iso) as EpochMs
const hash = (letter: string) => letter.repeat(64) as Sha256Hex

const contractor: CertificateSigner = {
  side: 'counterparty',
  signatureType: 'witness',
  company: '㈱𠮷髙建設',
  position: '代表取締役',
  name: '山﨑 邉太郎',
  mailAddress: 'yamazaki@yoshitaka-kensetsu.example.jp',
  authentication: ['メールで送った本人用リンク', 'アクセスコード'],
  requestedAt: at('2026-04-01T09:00:00+09:00'),
  viewedAt: at('2026-04-01T13:12:45+09:00'),
  consentedAt: at('2026-04-01T13:20:07+09:00'),
  signedAt: at('2026-04-01T13:20:09+09:00'),
  ipAddress: '203.0.113.24',
  userAgent:
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/153.0.0.0 Safari/537.36',
  consentStatement: '表示された文書の内容を確認し、電子署名により契約を締結することに同意します。',
  certificate: {
    subject: 'CN=扶桑町 電子契約 立会人(テスト用)',
    issuer: 'CN=テスト用認証局',
    serialNumber: '4F:1C:22:90',
  },
  timestamp: {
    time: at('2026-04-01T13:20:09+09:00'),
    authority: 'テスト用タイムスタンプ局',
    accredited: false,
  },
}

export function sampleCertificate(signers = 2, events = 12): CompletionCertificateData {
  const town: CertificateSigner = {
    ...contractor,
    side: 'town',
    signatureType: 'party',
    company: '扶桑町',
    position: '町長',
    name: '扶桑 太郎',
    mailAddress: '',
    authentication: ['電子証明書と暗証番号'],
    requestedAt: null,
    viewedAt: null,
    consentedAt: null,
    ipAddress: '',
    userAgent: '',
    consentStatement: '',
  }
  return {
    certificateNumber: '2026-0001',
    issuedAt: at('2026-04-01T15:00:00+09:00'),
    townName: '扶桑町',
    test: true,
    concludedAt: at('2026-04-01T14:59:30+09:00'),
    case: {
      title: '令和8年度 町道123号線舗装補修工事(第2工区)',
      contractNumber: '工-2026-012',
      amount: '11,000,000円(税込)',
      contractDate: '令和8年4月1日',
      kind: '工事請負',
      method: '一般競争入札',
      department: '産業建設部土木課',
      counterparties: ['㈱𠮷髙建設(愛知県丹羽郡扶桑町大字高雄字天道330番地)'],
    },
    documents: [
      {
        title: '工事請負契約書',
        fileName: '20260401_11000000_㈱𠮷髙建設_町道123号線舗装補修工事.pdf',
        role: 'sign',
        shownSha256: hash('a'),
        signedSha256: hash('b'),
        pageCount: 24,
        sizeBytes: 1_234_567,
      },
      {
        title: '設計書',
        fileName: '設計書.pdf',
        role: 'view',
        shownSha256: hash('c'),
        signedSha256: null,
        pageCount: 148,
        sizeBytes: 12_345_678,
      },
    ],
    signers: [...Array.from({ length: signers - 1 }, () => contractor), town],
    events: Array.from({ length: events }, (_value, index) => ({
      at: at(`2026-04-01T09:${String(index % 60).padStart(2, '0')}:00+09:00`),
      actor: index % 2 ? '髙橋 花子(契約担当)' : '山﨑 邉太郎(相手方)',
      text:
        index % 3
          ? '文書を表示しました。'
          : '署名依頼のメールを送信しました(250 2.0.0 Ok: queued as 4F1C22)。',
    })),
  }
}
