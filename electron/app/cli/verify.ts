import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import type { EpochMs } from '../../../shared/model/brand.ts'
import type { SignatureReport, Verdict, VerificationReport } from '../../../shared/model/verification.ts'
import { formatEvidenceTime } from '../../../shared/rules/japanese-date.ts'
import { fileSource } from '../../core/kit/byte-source.ts'
import { pemBlocks } from '../../core/signing/keys/pem.ts'
import { httpRevocationSource } from '../../core/signing/revocation/http-revocation-source.ts'
import type { VerifyOptions } from '../../core/signing/verify/options.ts'
import { verifyPdf } from '../../core/signing/verify/verify-pdf.ts'
import { type Command, parseCommand, UsageError } from './command.ts'
import { readCertificateFiles } from './open-files.ts'

const USAGE = `使い方: desk verify ファイル.pdf… [--trust PEM]… [--other 証明書]… [--crl ファイル]… [--at 日時] [--online] [--json]

PDFの電子署名を検証します。--online を付けない限り、ネットワークは使いません。
  --trust PEM   信頼する証明書（認証局や署名者）
  --other 証明書 経路を組み立てるための証明書（信頼はしません）
  --crl F       失効リスト（DERまたはPEM）
  --at 日時      この時点で判定する（例: 2031-04-01T00:00:00+09:00）
  --online      証明書に書かれた失効情報の配布元に問い合わせる
  --json        結果を1ファイル1行のJSONで出力`

const OPTIONS = {
  trust: { type: 'string', multiple: true },
  other: { type: 'string', multiple: true },
  crl: { type: 'string', multiple: true },
  at: { type: 'string' },
  online: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const

type Values = ReturnType<typeof parseVerify>['values']

function parseVerify(args: readonly string[]) {
  return parseCommand(args, { options: OPTIONS, files: [1, Number.MAX_SAFE_INTEGER] })
}

export const verifyCommand: Command = {
  usage: USAGE,
  run: async (args, io) => {
    const { values, positionals } = parseVerify(args)
    const options = await verifyOptions(values)
    let missing = 0
    for (const file of positionals) {
      const report = await verifyFile(file, options)
      if (report.problems.some(({ code }) => code === 'FILE_NOT_READ')) missing += 1
      io.print(values.json ? JSON.stringify({ file, ...report }) : describe(file, report))
    }
    return missing === 0 ? 0 : 1
  },
}

async function verifyOptions(values: Values): Promise<VerifyOptions> {
  const at = values.at === undefined ? undefined : new Date(values.at)
  if (at !== undefined && Number.isNaN(at.getTime()))
    throw new UsageError('--at は日時で指定してください（例: 2031-04-01T00:00:00+09:00）。')
  return {
    anchors: await readCertificateFiles(values.trust ?? []),
    otherCertificates: await readCertificateFiles(values.other ?? []),
    crls: (await Promise.all((values.crl ?? []).map(readCrls))).flat(),
    ...(at === undefined ? {} : { at }),
    ...(values.online ? { revocation: httpRevocationSource() } : {}),
  }
}

async function readCrls(path: string): Promise<Uint8Array[]> {
  const bytes = await readFile(path)
  const blocks = pemBlocks(bytes, /^X509 CRL$/)
  return blocks.length > 0 ? blocks : [bytes]
}

/** A file that cannot be opened is reported in its place, so that the others are still verified. */
async function verifyFile(path: string, options: VerifyOptions): Promise<VerificationReport> {
  let source: ReturnType<typeof fileSource>
  try {
    source = fileSource(path)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    if (code === '') throw error
    return {
      verdict: 'unreadable',
      signatures: [],
      problems: [{ code: 'FILE_NOT_READ', text: `ファイルを開けません（${code}）。` }],
    }
  }
  try {
    return await verifyPdf(source, options)
  } finally {
    source.close()
  }
}

const VERDICTS: Readonly<Record<Verdict, string>> = {
  valid: '有効: 署名の後に変更はありません。',
  'valid-with-permitted-changes': '有効: 署名の後に、許された変更だけがあります。',
  changed: '変更あり: 署名は本物ですが、その後に許されていない変更があります。',
  'unknown-signer': '署名者不明: 改変はありませんが、署名者を信頼できる根拠がありません。',
  broken: '改変あり: 署名と内容が一致しません。',
  unsigned: '署名はありません。',
  unreadable: '読めないファイルです。',
}

function describe(file: string, report: VerificationReport): string {
  const [first = '', ...rest] = describeReport(report)
  return [`${basename(file)}: ${first}`, ...rest].join('\n')
}

/** The verdict in one line, then each signature and what is wrong, indented. */
export function describeReport(report: VerificationReport): string[] {
  return [
    VERDICTS[report.verdict],
    ...report.signatures.flatMap(describeSignature),
    ...report.problems.filter(({ code }) => code !== 'NO_SIGNATURE').map(({ text }) => `  ・${text}`),
  ]
}

function describeSignature(signature: SignatureReport): string[] {
  const { field, kind, signer, level, timestamp, claimedAt } = signature
  const time =
    timestamp === null
      ? `${claimedAt === null ? '不明' : timeText(claimedAt)}（自己申告の時刻）`
      : `${timeText(timestamp.time)}（${timestamp.authority}${timestamp.trusted ? '' : '、信頼は未確認'}）`
  const what = kind === 'signature' ? '署名' : '文書タイムスタンプ'
  return [
    `  ${what}「${field}」 ${signer.commonName} ${level} ${time}`,
    `    ${VERDICTS[signature.verdict]}`,
    ...signature.reasons.map(({ text }) => `    ・${text}`),
    ...signature.changesAfter.items.map(({ text, page }) =>
      page === null ? `    ・${text}` : `    ・${page}ページ: ${text}`,
    ),
  ]
}

/** 和暦 and the exact time; what is no time is shown as it stands in the file. */
function timeText(iso: string): string {
  const at = Date.parse(iso)
  return Number.isNaN(at) ? iso : formatEvidenceTime(at as EpochMs)
}
