import { uiText } from '../i18n/ja/ui.ts'
import { Button } from './button.tsx'

/** 120件中 51〜100件, before and after. */
export function Pager(props: {
  readonly offset: number
  readonly limit: number
  readonly total: number
  readonly onMove: (offset: number) => void
}) {
  const { offset, limit, total } = props
  if (total === 0) return null
  return (
    <div className="flex items-center gap-3 text-[0.9375rem]">
      <span className="tabular-nums">{uiText.page(offset + 1, Math.min(total, offset + limit), total)}</span>
      {total > limit ? (
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
            isDisabled={offset + limit >= total}
            onPress={() => props.onMove(offset + limit)}
          >
            {uiText.next}
          </Button>
        </>
      ) : null}
    </div>
  )
}
