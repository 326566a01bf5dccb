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
  for (const [key, value] of now.entries)
    if (!KEYS.has(key) && !sameValue(step.file, old?.entries.get(key), value)) malformed(step, key)
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
  const numbersOf = (items: readonly PdfObject[]) => items.map((item) => asReference(item)?.objectNumber)
  const items = now === undefined ? [] : asArray(step.after.resolve(now))
  const before = new Set(numbersOf(asArray(step.before.resolve(old)) ?? []))
  const added = items?.filter((item) => !before.has(asReference(item)?.objectNumber))
  if (items === undefined || added?.every((item) => isPlainStream(step, item)) !== true) {
    malformed(step, key)
    return
  }
  const after = new Set(numbersOf(items))
  if (![...before].every((number) => after.has(number))) malformed(step, key)
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
  const number = asReference(old)?.objectNumber
  for (const [key, value] of oldEntries) {
    if (key === 'Type') continue
    if (!keepsEntry(step, value, newEntries.get(key))) malformed(step, `VRI ${key}`)
    else approve(step, asReference(value), (use) => number !== undefined && isUse(use, number, key))
  }
  for (const [key, value] of newEntries) {
    if (key === 'Type' || isUntouched(step, oldEntries.get(key), value)) continue
    const entry = asDictionary(step.after.resolve(value))
    if (!/^[0-9A-F]{40}$/.test(key) || entry === undefined || !isVriEntry(step, entry))
      malformed(step, `VRI ${key}`)
  }
}

/** Old entries may be written as their maker liked; only what is new has to follow the rules. */
function isUntouched(step: Step, old: PdfObject | undefined, now: PdfObject): boolean {
  if (old === undefined || !sameValue(step.file, old, now)) return false
  return !step.changed.has(asReference(old)?.objectNumber ?? -1)
}

/** Everything an entry referred to is still there; it may have been written again, with more. */
function keepsEntry(step: Step, old: PdfObject, now: PdfObject | undefined): boolean {
  const before = asDictionary(step.before.resolve(old))
  const after = asDictionary(step.after.resolve(now))
  if (before === undefined || after === undefined) return false
  return ['Cert', 'CRL', 'OCSP'].every((key) => {
    const list = asArray(step.after.resolve(after.entries.get(key))) ?? []
    const numbers = new Set(list.map((item) => asReference(item)?.objectNumber))
    const earlier = asArray(step.before.resolve(before.entries.get(key))) ?? []
    return earlier.every((item) => numbers.has(asReference(item)?.objectNumber))
  })
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
