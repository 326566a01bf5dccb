import { type Block, type Inline, parseMarkdown } from './markdown.ts'

/** Help texts as elements. Every string ends up as a text node. */
export function MarkdownView({ markdown }: { readonly markdown: string }) {
  return (
    <div className="flex max-w-4xl flex-col gap-3">
      {parseMarkdown(markdown).map((block, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a text is shown whole and never re-ordered.
        <BlockView key={index} block={block} />
      ))}
    </div>
  )
}

function BlockView({ block }: { readonly block: Block }) {
  switch (block.kind) {
    case 'heading':
      return <HeadingView level={block.level} content={block.content} />
    case 'paragraph':
      return (
        <p>
          <InlineView content={block.content} />
        </p>
      )
    case 'list':
      return <ListView ordered={block.ordered} items={block.items} />
    case 'table':
      return <TableView head={block.head} rows={block.rows} />
    case 'code':
      return (
        <pre className="overflow-x-auto rounded-8 bg-solid-gray-50 p-3 font-mono text-[0.875rem]">
          {block.text}
        </pre>
      )
    case 'rule':
      return <hr className="border-solid-gray-300" />
  }
}

function HeadingView(props: { readonly level: 1 | 2 | 3 | 4; readonly content: readonly Inline[] }) {
  const content = <InlineView content={props.content} />
  if (props.level === 1) return <h2 className="text-[1.25rem] font-bold">{content}</h2>
  if (props.level === 2)
    return <h3 className="mt-3 border-b border-solid-gray-300 text-[1.125rem] font-bold">{content}</h3>
  return <h4 className="mt-2 font-bold">{content}</h4>
}

function ListView(props: { readonly ordered: boolean; readonly items: readonly (readonly Inline[])[] }) {
  const items = props.items.map((item, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: a text is shown whole and never re-ordered.
    <li key={index}>
      <InlineView content={item} />
    </li>
  ))
  return props.ordered ? (
    <ol className="list-decimal pl-7">{items}</ol>
  ) : (
    <ul className="list-disc pl-7">{items}</ul>
  )
}

function TableView(props: {
  readonly head: readonly (readonly Inline[])[]
  readonly rows: readonly (readonly (readonly Inline[])[])[]
}) {
  const cell = 'border border-solid-gray-300 px-2.5 py-1 text-left align-top'
  return (
    <div className="overflow-x-auto">
      <table className="border-collapse text-[0.9375rem]">
        <thead>
          <tr>
            {props.head.map((content, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a text is shown whole and never re-ordered.
              <th key={index} scope="col" className={`${cell} bg-solid-gray-50`}>
                <InlineView content={content} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {props.rows.map((row, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a text is shown whole and never re-ordered.
            <tr key={index}>
              {row.map((content, at) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a text is shown whole and never re-ordered.
                <td key={at} className={cell}>
                  <InlineView content={content} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function InlineView({ content }: { readonly content: readonly Inline[] }) {
  // biome-ignore lint/suspicious/noArrayIndexKey: a text is shown whole and never re-ordered.
  return content.map((piece, index) => <PieceView key={index} piece={piece} />)
}

function PieceView({ piece }: { readonly piece: Inline }) {
  switch (piece.kind) {
    case 'text':
      return piece.text
    case 'strong':
      return <b>{piece.text}</b>
    case 'code':
      return <code className="rounded-4 bg-solid-gray-50 px-1 font-mono text-[0.9em]">{piece.text}</code>
    case 'link':
      return (
        <a href={piece.href} className="text-blue-900 underline">
          {piece.text}
        </a>
      )
  }
}
