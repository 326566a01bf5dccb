/**
 * The document security store may only grow: arrays of stream references, VRI entries keyed by SHA-1, nothing else
 * (gate 12; ETSI EN 319 142-1 §5.4.2).
 */
import {
  asArray,
  asDictionary,
  asReference,
  type PdfDictionary,
  type PdfObject,
} from '../../../pdf/objects.ts'
import { approve, isUse, type Step } from '../step.ts'
import { sameValue } from '../values.ts'

const LISTS = ['Certs', 'CRLs', 'OCSPs'] as const
const KEYS = new Set(['Type', 'VRI', ...LISTS])
const VRI_KEYS = new Set(['Type', 'Cert', 'CRL', 'OCSP', 'TU', 'TS'])
const STREAM_KEYS = new Set(['Length', 'Filter', 'DecodeParms', 'Type'])

export function checkSecurityStore(step: Step): void {
  const { before, after } = step
  const oldEntry = before.catalog.entries.get('DSS')
  const newEntry = after.catalog.entries.get('DSS')
  const old = asDictionary(before.resolve(oldEntry))
  const now = asDictionary(after.resolve(newEntry))
  if (old === undefined && now === undefined) return
  if (now === undefined) {
    malformed(step, 'DSS')
    return
  }
  if (
    !isTouched(
      step,
      [oldEntry, old?.entries.get('VRI'), ...LISTS.map((key) => old?.entries.get(key))],
      newEntry,
    )
  )
    return
  if (now.duplicateKeys !== undefined) {
    malformed(step, 'DSS')
    return
  }
  for (const key of now.entries.keys()) if (!KEYS.has(key)) malformed(step, key)
  for (const key of LISTS) checkList(step, key, old?.entries.get(key), now.entries.get(key))
  checkVri(step, old?.entries.get('VRI'), now.entries.get('VRI'))
  const root = before.catalogReference.objectNumber
  const self = asReference(oldEntry)
  approve(step, self, (use) => isUse(use, root, 'DSS'))
  const isInside = (key: string) => (use: { readonly from: number; readonly path: readonly string[] }) =>
    self === undefined
      ? use.from === root && use.path[0] === 'DSS' && use.path[1] === key
      : isUse(use, self.objectNumber, key)
  for (const key of [...LISTS, 'VRI']) approve(step, asReference(old?.entries.get(key)), isInside(key))
  step.report({ code: 'VALIDATION_DATA_ADDED', level: 'lta' })
}

function isTouched(
  step: Step,
  parts: readonly (PdfObject | undefined)[],
  newEntry: PdfObject | undefined,
): boolean {
  if (!sameValue(step.file, parts[0], newEntry)) return true
  return parts.some((part) => step.changed.has(asReference(part)?.objectNumber ?? -1))
}

function malformed(step: Step, detail: string): void {
  step.report({ code: 'VALIDATION_DATA_MALFORMED', level: 'other', detail })
}

function checkList(step: Step, key: string, old: PdfObject | undefined, now: PdfObject | undefined): void {
  const items = now === undefined ? [] : asArray(step.after.resolve(now))
  if (items === undefined || !items.every((item) => isPlainStream(step, item))) {
    malformed(step, key)
    return
  }
  const numbers = new Set(items.map((item) => asReference(item)?.objectNumber))
  const kept = (asArray(step.before.resolve(old)) ?? []).every((item) =>
    numbers.has(asReference(item)?.objectNumber),
  )
  if (!kept) malformed(step, key)
}

/** A reference to a stream of raw data: no external file, no other use. */
function isPlainStream(step: Step, item: PdfObject): boolean {
  if (item.kind !== 'reference') return false
  const stream = step.after.resolve(item)
  return (
    stream.kind === 'stream' && [...stream.dictionary.entries.keys()].every((key) => STREAM_KEYS.has(key))
  )
}

function checkVri(step: Step, old: PdfObject | undefined, now: PdfObject | undefined): void {
  const oldEntries = asDictionary(step.before.resolve(old))?.entries ?? new Map<string, PdfObject>()
  const dictionary = asDictionary(step.after.resolve(now))
  if (now !== undefined && dictionary === undefined) {
    malformed(step, 'VRI')
    return
  }
  const newEntries = dictionary?.entries ?? new Map<string, PdfObject>()
  for (const [key, value] of oldEntries)
    if (!sameValue(step.file, value, newEntries.get(key))) malformed(step, `VRI ${key}`)
  for (const [key, value] of newEntries) {
    if (oldEntries.has(key) || key === 'Type') continue
    const entry = asDictionary(step.after.resolve(value))
    if (!/^[0-9A-F]{40}$/.test(key) || entry === undefined || !isVriEntry(step, entry))
      malformed(step, `VRI ${key}`)
  }
}

function isVriEntry(step: Step, entry: PdfDictionary): boolean {
  return [...entry.entries].every(([key, value]) => {
    if (!VRI_KEYS.has(key)) return false
    if (key === 'Type') return value.kind === 'name'
    if (key === 'TU') return step.after.resolve(value).kind === 'string'
    if (key === 'TS') return isPlainStream(step, value)
    return asArray(step.after.resolve(value))?.every((item) => isPlainStream(step, item)) === true
  })
}
