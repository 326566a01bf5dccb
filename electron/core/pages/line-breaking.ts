// Japanese line breaking: between any two letters, but not before closing or after opening marks (JIS X 4051 行頭・行末禁則).

// Full-width forms by code: editors that normalise text would turn them into their ASCII twins.
const CLOSING = '\uff01\uff09\uff0c\uff0e\uff1a\uff1b\uff1f\uff3d\uff5d\uff61\uff63' // ！），．：；？］｝｡｣
const OPENING = '\uff08\uff3b\uff5b\uff62' // （［｛｢
const NOT_AT_START = new Set(
  `${CLOSING}、。・」』】〕}〉》’”ー々ゝゞっゃゅょぁぃぅぇぉッャュョァィゥェォ,.!?)]%:;`,
)
const NOT_AT_END = new Set(`${OPENING}「『【〔{〈《‘“([`)
const WORD = /[\u0021-\u007e\u00a0-\u024f]/

/** Cuts text into lines no wider than `room`; `\n` always breaks. Western words stay whole unless wider than a line. */
export function breakLines(text: string, room: number, widthOf: (text: string) => number): string[] {
  return text.split('\n').flatMap((paragraph) => breakParagraph(paragraph, room, widthOf))
}

function breakParagraph(paragraph: string, room: number, widthOf: (text: string) => number): string[] {
  const lines: string[] = []
  let line = ''
  let used = 0
  for (const piece of pieces(paragraph, room, widthOf)) {
    const width = widthOf(piece)
    if (line !== '' && used + width > room) {
      lines.push(line.trimEnd())
      line = ''
      used = 0
      if (piece.trim() === '') continue
    }
    line += piece
    used += width
  }
  lines.push(line.trimEnd())
  return lines
}

/** Parts that must not be torn: one Japanese letter with the marks bound to it, or a western word. */
function pieces(paragraph: string, room: number, widthOf: (text: string) => number): string[] {
  const result: string[] = []
  let previous = ''
  for (const character of paragraph) {
    const last = result.at(-1)
    const joined =
      last !== undefined &&
      (isBound(previous, character) || (WORD.test(previous) && WORD.test(character))) &&
      widthOf(last + character) <= room
    if (joined) result[result.length - 1] = last + character
    else result.push(character)
    previous = character
  }
  return result
}

function isBound(previous: string, character: string): boolean {
  return NOT_AT_START.has(character) || NOT_AT_END.has(previous) || isMark(character)
}

/** Variation selectors and combining marks belong to the letter before them. */
function isMark(character: string): boolean {
  return /\p{M}|[\ufe00-\ufe0f]/u.test(character)
}
