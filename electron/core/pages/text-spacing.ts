// Justified Japanese (一太郎, Word) reaches us as 「議 案 第 １ 号」: the blanks are gaps, not characters.

const CJK =
  '[\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\u3000-\\u303f\\u30fb-\\u30fe\\uff00-\\uffef]'
const GAP_BETWEEN_LETTERS = new RegExp(`(?<=${CJK}) (?=${CJK})`, 'gu')
const ENDS_WITH_CJK = new RegExp(`${CJK}$`, 'u')
const STARTS_WITH_CJK = new RegExp(`^${CJK}`, 'u')

/** One run of text as pdf.js gives it; a run that is blank is a gap of `width` points. */
export type TextRun = {
  readonly str: string
  readonly width: number
  readonly height: number
  readonly hasEOL: boolean
}

/**
 * Joins runs to lines. Blanks between Japanese letters of one run go; gaps up to a letter's width beside Japanese
 * letters go; wider ones (平山  耕三) stay as one blank. Grouped numbers that were pulled apart (1 ,1 9 2) are closed.
 */
export function joinRuns(runs: readonly TextRun[]): string {
  let text = ''
  let size = 10
  let gap = 0
  for (const run of runs) {
    if (run.str !== '' && run.str.trim() === '') gap += run.width
    else if (run.str !== '') {
      const piece = closeGaps(run.str)
      text += gap > 0 ? between(text, piece, gap, Math.max(size, run.height)) : ''
      text += piece
      size = run.height || size
      gap = 0
    }
    if (run.hasEOL) {
      text += '\n'
      gap = 0
    }
  }
  return text.trimEnd()
}

function between(before: string, after: string, gap: number, size: number): string {
  if (before === '' || before.endsWith('\n')) return ''
  const japanese = ENDS_WITH_CJK.test(before) || STARTS_WITH_CJK.test(after)
  return japanese && gap <= size ? '' : ' '
}

function closeGaps(text: string): string {
  return text.replace(GAP_BETWEEN_LETTERS, '').replace(/\d[\d ,]*\d/g, (part) => {
    const closed = part.replaceAll(' ', '')
    return /^\d{1,3}(,\d{3})+$/.test(closed) ? closed : part
  })
}
