/** Is a metadata packet plain well-formed XML, without DOCTYPE and entities (XXE, entity bombs)? ISO 16684-1 §7. */

const NAME = '[A-Za-z_][\\w.:-]*'
const TAG = new RegExp(`^<(/?)(${NAME})((?:\\s+${NAME}\\s*=\\s*(?:"[^"<]*"|'[^'<]*'))*)\\s*(/?)>`)
const REFERENCE = /&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[\da-fA-F]{1,6});)/
const MAXIMUM_DEPTH = 200

/** True when every element is closed in order and nothing but elements, text, comments and processing instructions occur. */
export function isSafeXmp(text: string): boolean {
  if (/<!(?!--)/.test(text) || REFERENCE.test(text)) return false
  const open: string[] = []
  let position = text.charCodeAt(0) === 0xfeff ? 1 : 0
  let hasRoot = false
  while (position < text.length) {
    const next = text.indexOf('<', position)
    const between = text.slice(position, next < 0 ? text.length : next)
    if (open.length === 0 && between.trim() !== '' && between.replace(/\0/g, '').trim() !== '') return false
    if (next < 0) break
    const end = skipMarkup(text, next)
    if (end === undefined) return false
    if (end > next) {
      position = end
      continue
    }
    const tag = TAG.exec(text.slice(next, next + 16_384))
    if (tag === null) return false
    const [whole, closing, name = '', , selfClosing] = tag
    if (closing === '/') {
      if (open.pop() !== name) return false
    } else if (selfClosing !== '/') open.push(name)
    if (open.length > MAXIMUM_DEPTH) return false
    hasRoot = true
    position = next + whole.length
  }
  return hasRoot && open.length === 0
}

/** End of a comment or processing instruction at `at`; `at` itself for a tag; undefined when it is not closed. */
function skipMarkup(text: string, at: number): number | undefined {
  const closing = text.startsWith('<!--', at) ? '-->' : text.startsWith('<?', at) ? '?>' : undefined
  if (closing === undefined) return at
  const end = text.indexOf(closing, at)
  return end < 0 ? undefined : end + closing.length
}
