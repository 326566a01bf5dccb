import { basename } from 'node:path'
import { fileSource } from '../../core/kit/byte-source.ts'
import {
  type PreflightCode,
  type PreflightProblem,
  type PreflightReport,
  preflight,
} from '../../core/signing/pdf/preflight.ts'
import { type Command, parseCommand } from './command.ts'
import { factsOf } from './refusal-texts.ts'

const USAGE = `使い方: desk preflight ファイル.pdf… [--json]

PDFを署名に回せるかを調べます。回せないファイルがあれば終了コードは1です。`

const OPTIONS = { json: { type: 'boolean', default: false } } as const

export const preflightCommand: Command = {
  usage: USAGE,
  run: async (args, io) => {
    const { values, positionals } = parseCommand(args, {
      options: OPTIONS,
      files: [1, Number.MAX_SAFE_INTEGER],
    })
    let refused = 0
    for (const file of positionals) {
      const source = fileSource(file)
      try {
        const report = await preflight(source)
        if (!report.canSend) refused += 1
        io.print(values.json ? JSON.stringify(toJson(file, report)) : describe(file, report))
      } finally {
        source.close()
      }
    }
    return refused === 0 ? 0 : 1
  },
}

function toJson(file: string, report: PreflightReport): object {
  const { pages = null, pdfVersion = null, producer = null } = report
  const problems = report.problems.map((problem) => ({ ...problem, text: textOf(problem) }))
  return { file, ...report, pages, pdfVersion, producer, problems }
}

function describe(file: string, report: PreflightReport): string {
  const outcome = report.canSend ? '署名に回せます。' : '署名に回せません。'
  const advice = report.canSend || !report.canRepair ? [] : ['  ・「desk repair」で直せるかもしれません。']
  const lines = report.problems.map(
    (problem) => `  ${problem.severity === 'stop' ? '×' : '△'} ${textOf(problem)}`,
  )
  return [`${basename(file)}: ${outcome}`, ...lines, ...advice].join('\n')
}

const TEXTS: Readonly<Record<PreflightCode, string>> = {
  EMPTY_FILE: '中身のないファイルです。',
  NOT_A_PDF: 'PDFファイルではありません。',
  TOO_LARGE: 'ファイルが大きすぎます。',
  ENCRYPTED: '暗号化されています。',
  DAMAGED: 'PDFの構造が壊れています。',
  LIMIT_REACHED: 'PDFの構造が大きすぎるか複雑すぎます。',
  ALREADY_SIGNED: 'すでに電子署名があります。',
  XFA: 'XFA形式の動的フォームが含まれています。通常のPDFとして保存し直してください。',
  EMPTY_SIGNATURE_FIELDS: '空の署名欄があります。',
  FORM_FIELDS: '入力欄が残っています。署名の後に書き換えられるおそれがあります。',
  FIELDS_WITHOUT_APPEARANCE:
    '入力した文字が署名後に表示されなくなります。印刷用のPDFとして保存し直してください。',
  PAGE_SIZES_MIXED: '大きさの違うページが混じっています。',
  PAGE_SIZE_UNUSUAL: '一般的でない大きさのページがあります。',
  JAVASCRIPT: 'JavaScript が含まれています。',
  LAUNCH_ACTION: 'プログラムを起動する動作が含まれています。',
  AUTOMATIC_ACTION: '開いたときなどに自動で行われる動作が含まれています。',
  FONT_NOT_EMBEDDED: '埋め込まれていないフォントがあります。相手の画面で文字が変わることがあります。',
  OPTIONAL_CONTENT: '表示を切り替えられるレイヤーがあります。',
  EMBEDDED_FILES: '添付ファイルが含まれています。',
  EXTERNAL_CONTENT: '別のファイルの内容を参照しています。',
  MULTIMEDIA: '動画・音声などが含まれています。',
}

function textOf({ code, data }: PreflightProblem): string {
  return `${TEXTS[code]}${factsOf(data)}`
}
