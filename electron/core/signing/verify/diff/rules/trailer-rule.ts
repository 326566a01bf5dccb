/** The trailer: root, encryption and permanent identifier stay; only bookkeeping keys and /Info may differ (gate 12). */
import type { PdfDictionary } from '../../../pdf/objects.ts'
import type { Step } from '../step.ts'
import { changedKeys, sameValue } from '../values.ts'

const BOOKKEEPING = new Set([
  'Size',
  'Prev',
  'XRefStm',
  'Type',
  'W',
  'Index',
  'Filter',
  'DecodeParms',
  'Length',
  'Info',
  'ID',
  'DocChecksum',
])

export function checkTrailer(step: Step): void {
  const { before, after, file } = step
  for (const key of changedKeys(file, before.trailer, after.trailer))
    if (!BOOKKEEPING.has(key)) step.report({ code: 'TRAILER_CHANGED', level: 'other', detail: key })
  if (!samePermanentId(step, before.trailer, after.trailer))
    step.report({ code: 'TRAILER_CHANGED', level: 'other', detail: 'ID' })
}

function samePermanentId(step: Step, before: PdfDictionary, after: PdfDictionary): boolean {
  const old = step.before.resolve(before.entries.get('ID'))
  const now = step.after.resolve(after.entries.get('ID'))
  if (old.kind !== 'array' || now.kind !== 'array') return old.kind === 'null' || now.kind === 'null'
  return sameValue(step.file, old.items[0], now.items[0])
}
