import { uiText } from '../i18n/ja/ui.ts'
import { Button } from './button.tsx'

/** 120件のうち 51〜100件, before and after. */
export function Pager(props: {
  readonly offset: number
  readonly limit: number
  readonly total: number
  /** True: there are more than `total`. */
  readonly isCapped?: boolean
  readonly onMove: (offset: number) => void
}) {
  const { offset, limit, total, isCapped = false } = props
  if (total === 0) return null
  return (
    <div className="flex items-center gap-3 text-[0.9375rem]">
      <span className="tabular-nums">
        {uiText.page(offset + 1, Math.min(total, offset + limit), total, isCapped)}
      </span>
      {total > limit || isCapped ? (
        <>
          <Button
            size="small"
            isDisabled={offset === 0}
            onPress={() => props.onMove(Math.max(0, offset - limit))}
          >
            {uiText.previous}
          </Button>
          <Button
            size="small"
            isDisabled={offset + limit >= total && !isCapped}
            onPress={() => props.onMove(offset + limit)}
          >
            {uiText.next}
          </Button>
        </>
      ) : null}
    </div>
  )
}
