// The same paper as a page that any browser opens, for folders that are handed over: no script, nothing loaded.
import { formatJapaneseDateTime } from '../../../shared/rules/japanese-date.ts'
import type { Report, ReportBlock } from './report-model.ts'

const STYLE = `body{font-family:sans-serif;max-width:48rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a;line-height:1.6}
h1{font-size:1.5rem;text-align:center}h2{font-size:1.15rem;border-bottom:2px solid #b3b3b3}h3{font-size:1rem;margin-bottom:.3rem}
.head,footer{text-align:right;font-size:.85rem;color:#555}table{border-collapse:collapse;width:100%;font-size:.9rem}
th,td{border:1px solid #b3b3b3;padding:.25rem .5rem;text-align:left;vertical-align:top;white-space:pre-line;overflow-wrap:anywhere}
th{background:#f0f0f0}tr>th:first-child{width:26%}`

/** One HTML document in UTF-8. Attachments and marks are for paper and left out. */
export function reportHtml(report: Report): string {
  const head = (report.headLines ?? []).map((line) => `<div class="head">${safe(line)}</div>`).join('')
  return `<!doctype html>
<html lang="ja"><head><meta charset="utf-8"><title>${safe(report.title)}</title><style>${STYLE}</style></head>
<body>${head}<h1>${safe(report.title)}</h1>
${report.subtitle === undefined ? '' : `<p>${safe(report.subtitle)}</p>`}
${report.blocks.map(blockHtml).join('\n')}
<footer>${safe(report.footer)}　${safe(formatJapaneseDateTime(report.createdAt))}</footer></body></html>
`
}

function blockHtml(block: ReportBlock): string {
  switch (block.type) {
    case 'heading':
      return `<h2>${safe(block.text)}</h2>`
    case 'subheading':
      return `<h3>${safe(block.text)}</h3>`
    case 'paragraph':
      return `<p>${safe(block.text).replaceAll('\n', '<br>')}</p>`
    case 'facts':
      return table(block.rows.map(([label, value]) => `<th>${safe(label)}</th><td>${safe(value)}</td>`))
    case 'table':
      return table([
        block.columns.map(({ label }) => `<th>${safe(label)}</th>`).join(''),
        ...block.rows.map((row) => row.map((cell) => `<td>${safe(cell)}</td>`).join('')),
      ])
    case 'code':
      return `<pre>${safe(block.lines.join('\n'))}</pre>`
    case 'page-break':
      return '<hr>'
  }
}

function table(rows: readonly string[]): string {
  return `<table>${rows.map((row) => `<tr>${row}</tr>`).join('\n')}</table>`
}

function safe(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
