/**
 * Can an annotation hide or imitate what was signed (Evil Annotation Attack)? Markup that points at content may draw
 * lines and see-through colour; text, pictures and opaque areas could pass for the page itself.
 */
import {
  asArray,
  asDictionary,
  asName,
  asNumber,
  PDF_NULL,
  type PdfDictionary,
  type PdfObject,
} from '../../pdf/objects.ts'
import type { Rectangle, Step } from './step.ts'
import { rectangleOf } from './widget-place.ts'

const POINTING = new Set(['Text', 'Highlight', 'Underline', 'Squiggly', 'StrikeOut', 'Caret', 'Popup'])
const ACTIONS = ['A', 'AA', 'Dest', 'OC']
const MAXIMUM_CONTENT_BYTES = 256 * 1024
/** Text, XObjects, inline images, shadings, patterns, glyph procedures. */
const DRAWS_CONTENT = /(?:^|[\s\]>)])(?:BT|Tj|TJ|Do|BI|sh|scn|SCN|cs|CS|d0|d1|'|")(?=[\s/[(<]|$)/
const FILLS = /(?:^|\s)(?:f|F|f\*|B|B\*|b|b\*)(?=\s|$)/
const SEE_THROUGH = 0.6
const MAXIMUM_LINE_POINTS = 3

/** True when the annotation only points at content. */
export function onlyPoints(step: Step, annotation: PdfDictionary): boolean {
  const subtype = asName(annotation.entries.get('Subtype')) ?? ''
  if (!POINTING.has(subtype) || ACTIONS.some((key) => annotation.entries.has(key))) return false
  const looks = asDictionary(step.after.resolve(annotation.entries.get('AP')))
  if (looks === undefined) return true
  const rectangle = rectangleOf(step.after, annotation)
  return [...looks.entries.values()].every((look) =>
    isHarmlessLook(step, step.after.resolve(look), rectangle),
  )
}

function isHarmlessLook(step: Step, look: PdfObject, rectangle: Rectangle | undefined): boolean {
  if (look.kind === 'dictionary')
    return [...look.entries.values()].every((state) =>
      isHarmlessLook(step, step.after.resolve(state), rectangle),
    )
  if (look.kind !== 'stream') return look.kind === 'null'
  const content = Buffer.from(step.file.decodeStream(look, MAXIMUM_CONTENT_BYTES)).toString('latin1')
  if (DRAWS_CONTENT.test(content)) return false
  if (blendsThroughout(content) && isSeeThrough(step, look.dictionary)) return true
  return !FILLS.test(content) && hasThinLines(step, content, { form: look.dictionary, rectangle })
}

type Placed = { readonly form: PdfDictionary; readonly rectangle: Rectangle | undefined }

/** Lines of a few points, not scaled up on their way to the page: a thick one covers like a filled area. */
function hasThinLines(step: Step, content: string, { form, rectangle }: Placed): boolean {
  const widths = [...content.matchAll(/([\d.+-]+)\s+w(?=\s|$)/g)].map((match) => Number(match[1]))
  const isScaled = /\bcm\b|\bgs\b/.test(content) || form.entries.has('Matrix')
  const box = rectangleOf(step.after, {
    kind: 'dictionary',
    entries: new Map([['Rect', form.entries.get('BBox') ?? PDF_NULL]]),
  })
  if (isScaled || box === undefined || rectangle === undefined) return false
  const grows = (from: number, to: number) => to > from * 1.5 + 1
  if (
    grows(box[2] - box[0], rectangle[2] - rectangle[0]) ||
    grows(box[3] - box[1], rectangle[3] - rectangle[1])
  )
    return false
  return widths.every((width) => width >= 0 && width <= MAXIMUM_LINE_POINTS)
}

/** A graphics state is set before anything is painted, and nothing takes it back before the last painting. */
function blendsThroughout(content: string): boolean {
  const painting = [...content.matchAll(/(?:^|\s)(?:f|F|f\*|B|B\*|b|b\*|S|s)(?=\s|$)/g)].map(
    (match) => match.index,
  )
  const [first = content.length] = painting
  const state = content.search(/(?:^|\s)gs(?=\s|$)/)
  const restored = content.search(/(?:^|\s)Q(?=\s|$)/)
  return state >= 0 && state < first && (restored < 0 || restored > (painting.at(-1) ?? 0))
}

/** Every graphics state the appearance could use blends with the page below. */
function isSeeThrough(step: Step, form: PdfDictionary): boolean {
  const resources = asDictionary(step.after.resolve(form.entries.get('Resources')))
  const states = asDictionary(step.after.resolve(resources?.entries.get('ExtGState')))
  if (states === undefined || states.entries.size === 0) return false
  return [...states.entries.values()].every((entry) => {
    const state = asDictionary(step.after.resolve(entry))
    const mode = step.after.resolve(state?.entries.get('BM'))
    const modes = asArray(mode)?.map(asName) ?? [asName(mode)]
    const opacity = asNumber(step.after.resolve(state?.entries.get('ca'))) ?? 1
    return modes.every((one) => one === 'Multiply' || one === 'Darken') || opacity <= SEE_THROUGH
  })
}
