/** Document information and XMP metadata: texts beside the document, never references to anything else (gate 12). */
import { asDictionary, asReference, type PdfDictionary } from '../../../pdf/objects.ts'
import { approve, approveStream, isUse, type Step } from '../step.ts'
import { changedKeys } from '../values.ts'
import { isSafeXmp } from '../xmp.ts'

const EMPTY: PdfDictionary = { kind: 'dictionary', entries: new Map() }
const WRITERS_MARKS = new Set(['ModDate', 'CreationDate', 'Producer'])
const MAXIMUM_METADATA_BYTES = 2 << 20

export function checkInfo(step: Step): void {
  const old = asDictionary(step.before.resolve(step.before.trailer.entries.get('Info'))) ?? EMPTY
  const now = asDictionary(step.after.resolve(step.after.trailer.entries.get('Info'))) ?? EMPTY
  const keys = changedKeys(step.file, old, now)
  approve(step, asReference(step.before.trailer.entries.get('Info')), (use) => isUse(use, 0, 'Info'))
  if (keys.length === 0) return
  const isText = keys.every((key) => {
    const kind = step.after.resolve(now.entries.get(key)).kind
    return kind === 'string' || kind === 'name' || kind === 'null'
  })
  const isMark = keys.every((key) => WRITERS_MARKS.has(key))
  step.report({
    code: 'INFO_CHANGED',
    level: !isText ? 'other' : isMark ? 'lta' : 'form',
    detail: keys.slice(0, 8).join(' '),
  })
}

export function checkMetadata(step: Step): void {
  const { before, after } = step
  const oldEntry = before.catalog.entries.get('Metadata')
  const newEntry = after.catalog.entries.get('Metadata')
  const oldNumber = asReference(oldEntry)?.objectNumber
  const newNumber = asReference(newEntry)?.objectNumber
  const isOverwritten = oldNumber !== undefined && step.changed.has(oldNumber)
  if (!isOverwritten && oldNumber === newNumber) return
  const stream = after.resolve(newEntry)
  if (stream.kind === 'null' && newEntry === undefined) {
    step.report({ code: 'METADATA_CHANGED', level: 'form' })
    return
  }
  const bytes = stream.kind === 'stream' ? step.file.decodeStream(stream, MAXIMUM_METADATA_BYTES) : undefined
  const isSafe = bytes !== undefined && isSafeXmp(Buffer.from(bytes).toString('utf8'))
  step.report({ code: isSafe ? 'METADATA_CHANGED' : 'METADATA_UNSAFE', level: isSafe ? 'lta' : 'other' })
  approveStream(step, asReference(oldEntry), (use) =>
    isUse(use, before.catalogReference.objectNumber, 'Metadata'),
  )
}
