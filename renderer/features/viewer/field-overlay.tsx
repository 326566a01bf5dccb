import { type KeyboardEvent, type PointerEvent, useEffect, useRef } from 'react'
import { fieldsText as text } from '../../i18n/ja/viewer.ts'
import type { PageGeometry, PdfRect } from '../../pdf/page-geometry.ts'
import { movedField, resizedField, type Step } from './field-geometry.ts'

export type OverlayField = PdfRect & {
  readonly key: number
  readonly page: number
  /** What it is and whose, for eyes and ears. */
  readonly label: string
  readonly isProposal: boolean
  readonly isSelected: boolean
  /** Takes the focus when it appears. */
  readonly isNew: boolean
}
export type FieldOverlayProps = {
  readonly fields: readonly OverlayField[]
  readonly geometry: PageGeometry
  readonly canEdit: boolean
  readonly onSelect: (key: number) => void
  readonly onPlace: (key: number, rect: PdfRect) => void
  readonly onRemove: (key: number) => void
  /** Set while a signer is dragged here from the panel. */
  readonly onDrop: ((place: { readonly left: number; readonly top: number }) => void) | undefined
}

/** The fields of one page, over its drawing. */
export function FieldOverlay(props: FieldOverlayProps) {
  const { onDrop } = props
  return (
    <>
      {onDrop ? (
        // biome-ignore lint/a11y/noStaticElementInteractions: dropping has its keyboard twin in the panel's buttons.
        <div
          className="absolute inset-0 z-10 bg-blue-100 opacity-40"
          onDragOver={(event) => event.preventDefault()}
          onDrop={(event) => {
            event.preventDefault()
            const box = event.currentTarget.getBoundingClientRect()
            onDrop({ left: event.clientX - box.left, top: event.clientY - box.top })
          }}
        />
      ) : null}
      {props.fields.map((field) => (
        <FieldBox key={field.key} field={field} overlay={props} />
      ))}
    </>
  )
}

const MOVE_POINTS = 5
const FINE_POINTS = 1
const ARROWS: Readonly<Record<string, Step>> = {
  ArrowLeft: { dx: -1, dy: 0 },
  ArrowRight: { dx: 1, dy: 0 },
  ArrowUp: { dx: 0, dy: -1 },
  ArrowDown: { dx: 0, dy: 1 },
}

/** The rectangle after a key, or undefined when the key means something else. */
export function rectAfterKey(
  field: PdfRect,
  key: { readonly key: string; readonly shiftKey: boolean; readonly altKey: boolean },
  geometry: PageGeometry,
): PdfRect | undefined {
  const arrow = ARROWS[key.key]
  if (arrow === undefined) return undefined
  const pixels = (key.altKey ? FINE_POINTS : MOVE_POINTS) * geometry.scale
  const step = { dx: arrow.dx * pixels, dy: arrow.dy * pixels }
  return key.shiftKey ? resizedField(field, step, geometry) : movedField(field, step, geometry)
}

function FieldBox({ field, overlay }: { readonly field: OverlayField; readonly overlay: FieldOverlayProps }) {
  const { geometry, canEdit } = overlay
  const drag = useFieldDrag(field, overlay)
  const box = useRef<HTMLButtonElement>(null)
  const { isSelected, isNew } = field
  useEffect(() => {
    if (isSelected) box.current?.scrollIntoView({ block: 'nearest' })
    if (isNew) box.current?.focus()
  }, [isSelected, isNew])
  const css = geometry.toCss(field)
  const look = field.isProposal
    ? 'border-dashed border-magenta-900 bg-magenta-50/70'
    : field.isSelected
      ? 'border-blue-900 bg-blue-100/80'
      : 'border-blue-900 bg-blue-50/70'
  return (
    <button
      ref={box}
      type="button"
      className={`absolute z-20 scroll-m-16 touch-none overflow-hidden border-2 p-0.5 text-left text-[0.75rem] leading-[1.2] text-solid-gray-900 ${look} ${canEdit ? 'cursor-move' : 'cursor-default'}`}
      style={{ left: css.left, top: css.top, width: css.width, height: css.height }}
      aria-label={`${field.label}、${text.place(field.page, field.x, field.y)}`}
      aria-pressed={field.isSelected}
      onFocus={() => overlay.onSelect(field.key)}
      onKeyDown={(event) => onFieldKey(event, field, overlay)}
      {...(canEdit && !field.isProposal ? drag.move : {})}
    >
      {field.label}
      {canEdit && !field.isProposal ? (
        <span
          aria-hidden="true"
          className="absolute right-0 bottom-0 size-3.5 cursor-nwse-resize border-t-2 border-l-2 border-blue-900 bg-white"
          {...drag.resize}
        />
      ) : null}
    </button>
  )
}

function onFieldKey(event: KeyboardEvent, field: OverlayField, overlay: FieldOverlayProps): void {
  if (!overlay.canEdit || field.isProposal) return
  if (event.key === 'Delete' || event.key === 'Backspace') {
    event.preventDefault()
    overlay.onRemove(field.key)
    return
  }
  const rect = rectAfterKey(field, event, overlay.geometry)
  if (rect === undefined) return
  event.preventDefault()
  event.stopPropagation()
  overlay.onPlace(field.key, rect)
}

/** Pointer drags that start from where the field was, so that rounding does not add up. */
function useFieldDrag(field: OverlayField, overlay: FieldOverlayProps) {
  const start = useRef<{ readonly x: number; readonly y: number; readonly rect: PdfRect } | undefined>(
    undefined,
  )
  const handlers = (apply: typeof movedField) => ({
    onPointerDown: (event: PointerEvent<HTMLElement>) => {
      event.stopPropagation()
      event.currentTarget.setPointerCapture(event.pointerId)
      start.current = { x: event.clientX, y: event.clientY, rect: field }
    },
    onPointerMove: (event: PointerEvent<HTMLElement>) => {
      if (start.current === undefined) return
      event.stopPropagation()
      const step = { dx: event.clientX - start.current.x, dy: event.clientY - start.current.y }
      overlay.onPlace(field.key, apply(start.current.rect, step, overlay.geometry))
    },
    onPointerUp: (event: PointerEvent<HTMLElement>) => {
      event.stopPropagation()
      start.current = undefined
    },
    onPointerCancel: () => {
      start.current = undefined
    },
  })
  return { move: handlers(movedField), resize: handlers(resizedField) }
}
