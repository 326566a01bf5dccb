/** Lists that a spreadsheet opens. In UTF-8 they begin with the byte order mark, else Excel takes them for Shift_JIS. */

export const BYTE_ORDER_MARK = '\uFEFF'

/** @returns the row with its line end (CR LF, RFC 4180) */
export function csvLine(cells: readonly string[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`
}

/** Quoted, and never a formula. */
function csvCell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return `"${safe.replaceAll('"', '""')}"`
}
