/** The part of Markdown that the help texts use, as data: nothing in it can become HTML. */
export type Inline =
  | { readonly kind: 'text' | 'strong' | 'code'; readonly text: string }
  | { readonly kind: 'link'; readonly text: string; readonly href: string }
export type Block =
  | { readonly kind: 'heading'; readonly level: 1 | 2 | 3 | 4; readonly content: readonly Inline[] }
  | { readonly kind: 'paragraph'; readonly content: readonly Inline[] }
  | { readonly kind: 'list'; readonly ordered: boolean; readonly items: readonly (readonly Inline[])[] }
  | {
      readonly kind: 'table'
      readonly head: readonly (readonly Inline[])[]
      readonly rows: readonly (readonly (readonly Inline[])[])[]
    }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'rule' }

const INLINE = /\*\*(.+?)\*\*|`([^`]+)`|\[([^\]]+)\]\(([^)\s]+)\)/g

export function parseInline(text: string): readonly Inline[] {
  const pieces: Inline[] = []
  let at = 0
  for (const match of text.matchAll(INLINE)) {
    if (match.index > at) pieces.push({ kind: 'text', text: text.slice(at, match.index) })
    const [whole, strong, code, label, href] = match
    if (strong !== undefined) pieces.push({ kind: 'strong', text: strong })
    else if (code !== undefined) pieces.push({ kind: 'code', text: code })
    // Only places inside the app: a help text must not lead out of it.
    else if (label !== undefined && href?.startsWith('#')) pieces.push({ kind: 'link', text: label, href })
    else if (label !== undefined) pieces.push({ kind: 'text', text: label })
    at = match.index + whole.length
  }
  if (at < text.length) pieces.push({ kind: 'text', text: text.slice(at) })
  return pieces
}

/** Headings, paragraphs, lists, tables, code, rules. A line that is none of them is a paragraph. */
export function parseMarkdown(markdown: string): readonly Block[] {
  const lines = markdown.replace(/\r\n?/g, '\n').split('\n')
  const blocks: Block[] = []
  let at = 0
  while (at < lines.length) {
    const taken = takeBlock(lines, at)
    if (taken.block) blocks.push(taken.block)
    at += taken.lines
  }
  return blocks
}

type Taken = { readonly block?: Block; readonly lines: number }

function takeBlock(lines: readonly string[], at: number): Taken {
  const line = lines[at] ?? ''
  if (line.trim() === '') return { lines: 1 }
  if (line.startsWith('```')) return takeCode(lines, at)
  const heading = /^(#{1,4})\s+(.*)$/.exec(line)
  if (heading) {
    const level = Math.min(4, heading[1]?.length ?? 1) as 1 | 2 | 3 | 4
    return { block: { kind: 'heading', level, content: parseInline(heading[2] ?? '') }, lines: 1 }
  }
  if (/^(-{3,}|\*{3,})$/.test(line.trim())) return { block: { kind: 'rule' }, lines: 1 }
  if (isTableStart(lines, at)) return takeTable(lines, at)
  if (itemOf(line) !== undefined) return takeList(lines, at)
  return takeParagraph(lines, at)
}

function takeCode(lines: readonly string[], at: number): Taken {
  const rest = lines.slice(at + 1)
  const end = rest.findIndex((line) => line.startsWith('```'))
  const body = end < 0 ? rest : rest.slice(0, end)
  return { block: { kind: 'code', text: body.join('\n') }, lines: body.length + 2 }
}

function itemOf(line: string): { readonly ordered: boolean; readonly text: string } | undefined {
  const match = /^\s*(?:([-*])|\d+[.)])\s+(.*)$/.exec(line)
  return match ? { ordered: match[1] === undefined, text: match[2] ?? '' } : undefined
}

function takeList(lines: readonly string[], at: number): Taken {
  const items: string[] = []
  const ordered = itemOf(lines[at] ?? '')?.ordered ?? false
  let count = 0
  for (const line of lines.slice(at)) {
    const item = itemOf(line)
    const last = items.length - 1
    if (item && item.ordered === ordered) items.push(item.text)
    else if (/^\s{2,}\S/.test(line) && last >= 0) items[last] = `${items[last]}${line.trim()}`
    else break
    count += 1
  }
  return { block: { kind: 'list', ordered, items: items.map(parseInline) }, lines: count }
}

function isTableStart(lines: readonly string[], at: number): boolean {
  return (
    (lines[at] ?? '').trim().startsWith('|') &&
    /^\s*\|?[\s:|-]+\|?\s*$/.test(lines[at + 1] ?? '') &&
    (lines[at + 1] ?? '').includes('-')
  )
}

function takeTable(lines: readonly string[], at: number): Taken {
  const cells = (line: string) =>
    line
      .trim()
      .replace(/^\||\|$/g, '')
      .split('|')
      .map((cell) => parseInline(cell.trim()))
  const body: string[] = []
  for (const line of lines.slice(at + 2)) {
    if (!line.trim().startsWith('|')) break
    body.push(line)
  }
  return {
    block: { kind: 'table', head: cells(lines[at] ?? ''), rows: body.map(cells) },
    lines: body.length + 2,
  }
}

function takeParagraph(lines: readonly string[], at: number): Taken {
  const taken: string[] = []
  for (const [index, line] of lines.slice(at).entries()) {
    const isOther =
      /^(#{1,4}\s|```)/.test(line) || itemOf(line) !== undefined || isTableStart(lines, at + index)
    if (line.trim() === '' || (index > 0 && isOther)) break
    taken.push(line.trim())
  }
  return { block: { kind: 'paragraph', content: parseInline(taken.join('')) }, lines: taken.length }
}
