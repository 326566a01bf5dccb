/** Text with the found words marked: [start, end) in UTF-16 units. */
export function Marked(props: {
  readonly text: string
  readonly marks: readonly (readonly [number, number])[]
}) {
  const { text } = props
  const pieces: React.ReactNode[] = []
  let at = 0
  for (const [start, end] of [...props.marks].sort((left, right) => left[0] - right[0])) {
    if (start < at || end > text.length) continue
    pieces.push(text.slice(at, start), <mark key={start}>{text.slice(start, end)}</mark>)
    at = end
  }
  pieces.push(text.slice(at))
  return <>{pieces}</>
}
