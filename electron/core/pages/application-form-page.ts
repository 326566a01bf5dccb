// The printed part of 様式第1, after the form in the town's briefing.
import { PDFName, type PDFPage } from 'pdf-lib'
import type { ApplicationFormOptions } from './application-form-fields.ts'
import { FORM_FONT_NAME, type FormFont } from './form-font.ts'

const LEFT = 56
const RIGHT = 540
/** Japanese law demands that the method and the file format be named (建設業法施行令5条の5). */
const DEFAULT_NOTES = [
  '※電子契約は、電子メールでお知らせする画面で文書を確認し、電子署名を行う方法によります。契約書はPDF形式の電子ファイルとし、電子署名及びタイムスタンプを付します。',
]

/** Collects content operators; text is shown in the form's own font. */
type Pen = {
  readonly text: (x: number, y: number, size: number, text: string) => void
  readonly centered: (x: number, y: number, size: number, text: string) => void
  readonly wrapped: (x: number, y: number, size: number, text: string) => number
  readonly line: (x1: number, y1: number, x2: number, y2: number) => void
  readonly box: (x: number, y: number, width: number, height: number) => void
}

/** Draws everything that is printed; the fields lie over it. */
export function drawApplicationForm(page: PDFPage, font: FormFont, options: ApplicationFormOptions): void {
  const operators: string[] = ['q 0 g 0 G 0.6 w']
  const pen = makePen(operators, font)
  drawHead(pen, options)
  drawSigner(pen)
  drawContact(pen)
  drawNotes(pen, options)
  operators.push('Q')
  const stream = page.doc.context.register(page.doc.context.flateStream(operators.join('\n')))
  page.node.set(PDFName.of('Contents'), stream)
}

function makePen(operators: string[], font: FormFont): Pen {
  const text = (x: number, y: number, size: number, value: string) => {
    operators.push(
      `BT /${FORM_FONT_NAME.decodeText()} ${size} Tf 1 0 0 1 ${x} ${y} Tm ${font.encode(value)} Tj ET`,
    )
  }
  return {
    text,
    centered: (x, y, size, value) =>
      text(Number((x - font.widthOf(value, size) / 2).toFixed(2)), y, size, value),
    wrapped: (x, y, size, value) => {
      let at = y
      for (const line of wrap(value, (part) => font.widthOf(part, size) <= RIGHT - x)) {
        text(x, at, size, line)
        at -= size * 1.55
      }
      return at
    },
    line: (x1, y1, x2, y2) => operators.push(`${x1} ${y1} m ${x2} ${y2} l S`),
    box: (x, y, width, height) => operators.push(`${x} ${y} ${width} ${height} re S`),
  }
}

function wrap(text: string, fits: (line: string) => boolean): string[] {
  const lines: string[] = []
  let line = ''
  for (const character of text) {
    // 行頭禁則: a closing mark hangs at the end of the line.
    if (line !== '' && !fits(line + character) && !'、。,.)」』】ー'.includes(character)) {
      lines.push(line)
      line = line.startsWith('※') || line.startsWith(' ') ? ' ' : ''
    }
    line += character
  }
  return [...lines, line]
}

function drawHead(pen: Pen, options: ApplicationFormOptions): void {
  pen.text(LEFT, 790, 10.5, options.formNumber ?? '様式第1（第9条関係）')
  pen.text(441, 757, 11, '年')
  pen.text(485, 757, 11, '月')
  pen.text(529, 757, 11, '日')
  pen.centered(297.6, 712, 18, '電子契約利用申出書')
  pen.text(LEFT, 674, 12, `${options.headOfTown} 様`)
  const rows: readonly (readonly [string, number])[] = [
    ['所在地', 624],
    ['商号又は名称', 592],
    ['代表者氏名', 566],
  ]
  for (const [label, y] of rows) {
    pen.text(256, y + 6, 11, label)
    pen.line(332, y - 1, RIGHT, y - 1)
  }
  pen.text(LEFT, 536, 11, '【対象案件】')
  pen.text(LEFT + 9, 506, 11, '案件名')
  pen.box(122, 492, RIGHT - 122, 38)
  pen.wrapped(
    LEFT,
    468,
    11,
    ` 上記の案件について、${options.townName}と電子契約を締結することに同意します。なお、電子契約締結に利用するメールアドレスは、次のとおりです。`.replace(
      /^ /,
      '\u3000',
    ),
  )
  pen.text(LEFT, 420, 11, '【利用するメールアドレス】')
}

function drawSigner(pen: Pen): void {
  pen.text(LEFT, 390, 11, '1 契約締結権限者')
  drawPersonTable(pen, ['契約締結権限者', 'メールアドレス', 'アクセスコード'], 376)
  pen.wrapped(
    LEFT,
    284,
    9,
    '※契約締結権限者の役職及び氏名は、あいち電子調達共同システムに登録された代表者の役職及び氏名を記入してください。',
  )
  pen.wrapped(LEFT, 257, 9, '※アクセスコードは必要に応じて記入してください。空欄でも構いません。')
}

function drawContact(pen: Pen): void {
  pen.text(LEFT, 236, 11, '2 担当者')
  drawPersonTable(pen, ['担当者', 'メールアドレス'], 226)
  pen.wrapped(LEFT, 160, 9, '※担当者は必要に応じて記入してください。空欄でも構いません。')
}

/** First row: label | 役職 | … | 氏名 | …; further rows: label | …. `top` is the upper edge; rows are 26 points. */
function drawPersonTable(pen: Pen, labels: readonly string[], top: number): void {
  labels.forEach((label, row) => {
    const y = top - 28 - row * 26
    const height = row === 0 ? 28 : 26
    pen.box(LEFT, y, RIGHT - LEFT, height)
    pen.text(LEFT + 6, y + 9, 11, label)
    pen.line(182, y, 182, y + height)
  })
  const y = top - 28
  pen.text(188, y + 9, 10.5, '役職')
  pen.text(340, y + 9, 10.5, '氏名')
  for (const x of [212, 334, 382]) pen.line(x, y, x, top)
}

function drawNotes(pen: Pen, options: ApplicationFormOptions): void {
  pen.text(LEFT, 136, 11, '【留意事項】')
  const notes = [
    // The first two are the town's own words, kept as its form has them.
    '※本書は1契約ごとに提出してください。',
    '※当該契約の変更契約において、契約担当者が変更契約を書面に指定する場合を除き、本書を適応します。',
    ...(options.extraNotes ?? DEFAULT_NOTES),
  ]
  let y = 119
  for (const note of notes) y = pen.wrapped(LEFT, y, 9, note) - 1
}
