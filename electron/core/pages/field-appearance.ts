import type { FormFieldBox } from './application-form-fields.ts'
import { FORM_FONT_NAME, type FormFont } from './form-font.ts'

type Metrics = Pick<FormFont, 'encode' | 'widthOf'>

const PADDING = 2
const SMALLEST = 5

/** Content stream of a filled text field (ISO 32000-2 §12.7.4.3): the text shrinks until it fits the box. */
export function fieldAppearance(field: FormFieldBox, value: string, metrics: Metrics): string {
  const [, , width, height] = field.box
  const room = width - 2 * PADDING
  const layout = (size: number) => {
    const widthOf = (text: string) => metrics.widthOf(text, size)
    const lines = linesOf(value, field.multiline, room, widthOf)
    const fits = lines.length * size * 1.3 <= height && lines.every((line) => widthOf(line) <= room)
    return { lines, fits }
  }
  let size = field.multiline ? 10.5 : 11
  while (size > SMALLEST && !layout(size).fits) size -= 0.5
  const { lines } = layout(size)
  const lead = size * 1.3
  const top = height / 2 + (lines.length * lead) / 2
  const shown = lines.map((line, index) => {
    const free = room - metrics.widthOf(line, size)
    const x = PADDING + (field.align === 'center' ? Math.max(free / 2, 0) : 0)
    const y = top - index * lead - lead / 2 - size * 0.36
    return `1 0 0 1 ${x.toFixed(2)} ${y.toFixed(2)} Tm ${metrics.encode(line)} Tj`
  })
  return [
    '/Tx BMC q',
    `0 0 ${width} ${height} re W n`,
    `BT /${FORM_FONT_NAME.decodeText()} ${size} Tf 0 g`,
    ...shown,
    'ET Q EMC',
  ].join('\n')
}

function linesOf(
  value: string,
  multiline: boolean,
  room: number,
  widthOf: (text: string) => number,
): string[] {
  if (!multiline) return [value.replace(/\s*\n\s*/g, ' ')]
  return value.split(/\r?\n/).flatMap((paragraph) => {
    const lines: string[] = []
    let line = ''
    for (const character of paragraph) {
      if (line !== '' && widthOf(line + character) > room) {
        lines.push(line)
        line = ''
      }
      line += character
    }
    return [...lines, line]
  })
}
