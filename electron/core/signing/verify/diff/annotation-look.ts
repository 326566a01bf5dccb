/**
 * Can an annotation hide or imitate what was signed (Evil Annotation Attack)? Markup that points at content may draw
 * lines and see-through colour; text, pictures and opaque areas could pass for the page itself.
 */
import {
  asArray,
  asDictionary,
  asName,
  asNumber,
  type PdfDictionary,
  type PdfObject,
} from '../../pdf/objects.ts'
import type { Step } from './step.ts'

const POINTING = new Set([
  'Text',
  'Highlight',
  'Underline',
  'Squiggly',
  'StrikeOut',
  'Caret',
  'Popup',
  'Ink',
  'Line',
  'PolyLine',
])
/** Drawn by every reader itself as a small mark, whatever the appearance says. */
const MARKS = new Set(['Text', 'Caret', 'Popup'])
const ACTIONS = ['A', 'AA', 'Dest', 'OC']
const MAXIMUM_CONTENT_BYTES = 256 * 1024
/** Text, XObjects, inline images, shadings, patterns, glyph procedures. */
const DRAWS_CONTENT = /(?:^|[\s\]>)])(?:BT|Tj|TJ|Do|BI|sh|scn|SCN|cs|CS|d0|d1|'|")(?=[\s/[(<]|$)/
const FILLS = /(?:^|\s)(?:f|F|f\*|B|B\*|b|b\*)(?=\s|$)/
const SEE_THROUGH = 0.6

/** True when the annotation only points at content. */
export function onlyPoints(step: Step, annotation: PdfDictionary): boolean {
  const subtype = asName(annotation.entries.get('Subtype')) ?? ''
  if (!POINTING.has(subtype) || ACTIONS.some((key) => annotation.entries.has(key))) return false
  const looks = asDictionary(step.after.resolve(annotation.entries.get('AP')))
  if (looks === undefined) return !annotation.entries.has('IC') || MARKS.has(subtype)
  return [...looks.entries.values()].every((look) => isHarmlessLook(step, step.after.resolve(look)))
}

function isHarmlessLook(step: Step, look: PdfObject): boolean {
  if (look.kind === 'dictionary')
    return [...look.entries.values()].every((state) => isHarmlessLook(step, step.after.resolve(state)))
  if (look.kind !== 'stream') return look.kind === 'null'
  const content = Buffer.from(step.file.decodeStream(look, MAXIMUM_CONTENT_BYTES)).toString('latin1')
  if (DRAWS_CONTENT.test(content)) return false
  return !FILLS.test(content) || isSeeThrough(step, look.dictionary)
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
