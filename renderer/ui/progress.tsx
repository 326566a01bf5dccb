import { ProgressBar } from 'react-aria-components'

/** How far long work is, in a bar and in numbers. */
export function Progress(props: {
  readonly label: string
  readonly done: number
  readonly total: number
  /** What is counted, behind the numbers. */
  readonly unit?: string
}) {
  const number = (value: number) => value.toLocaleString('ja-JP')
  const share = props.total > 0 ? Math.min(100, (props.done / props.total) * 100) : 0
  return (
    <ProgressBar
      value={share}
      isIndeterminate={props.total <= 0}
      className="flex flex-col gap-1"
      aria-label={props.label}
    >
      <div className="flex justify-between gap-4 text-[0.875rem]">
        <span className="truncate">{props.label}</span>
        <span className="tabular-nums">
          {props.total > 0 ? `${number(props.done)} / ${number(props.total)}${props.unit ?? ''}` : ''}
        </span>
      </div>
      <div className="h-2 overflow-hidden rounded-full bg-solid-gray-200">
        <div className="h-full bg-blue-900" style={{ width: `${share}%` }} />
      </div>
    </ProgressBar>
  )
}
