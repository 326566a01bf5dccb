/**
 * Gate 1: every signature of a file, through the form fields of every revision (recursive, inherited /FT and /V) and
 * through raw `/ByteRange` hits, so that none vanishes silently (ISO 32000-2 §12.7.5.5, §12.8.1).
 */
import {
  asArray,
  asDictionary,
  asName,
  asReference,
  asText,
  type PdfDictionary,
  type PdfObject,
  type PdfReference,
} from '../../pdf/objects.ts'
import type { PdfFile, PdfView } from '../../pdf/reader.ts'
import type { Budget } from '../budget.ts'

const MAXIMUM_FIELD_DEPTH = 32
const MAXIMUM_FIELDS = 50_000

/** One terminal or non-terminal node of the field tree, as of one revision. */
export type FormField = {
  /** Fully qualified name; nodes without /T (widgets) carry their parent's. */
  readonly name: string
  readonly reference: PdfReference | undefined
  readonly dictionary: PdfDictionary
  /** Inherited /FT. */
  readonly type: string | undefined
  /** Inherited /V, as written. */
  readonly value: PdfObject | undefined
  /** Inherited /Ff. */
  readonly flags: number
  readonly parent: FormField | undefined
  readonly kids: readonly FormField[]
  /** True for nodes with /T: fields; false for pure widgets. */
  readonly isNamed: boolean
}

export type FormTree = {
  readonly acroForm: PdfDictionary | undefined
  readonly roots: readonly FormField[]
  /** Every node, depth first. */
  readonly all: readonly FormField[]
}

/** The field tree of a view. Loops and excessive depth end the branch: the fields met so far stay. */
export function readForm(view: PdfView, budget: Budget): FormTree {
  const acroForm = asDictionary(view.resolve(view.catalog.entries.get('AcroForm')))
  const all: FormField[] = []
  if (acroForm === undefined) return { acroForm, roots: [], all }
  const walk: Walk = { view, budget, all, seen: new Set() }
  const items = asArray(view.resolve(acroForm.entries.get('Fields'))) ?? []
  const roots = items.flatMap((item) => readField(item, undefined, 0, walk) ?? [])
  return { acroForm, roots, all }
}

type Walk = {
  readonly view: PdfView
  readonly budget: Budget
  readonly all: FormField[]
  readonly seen: Set<number>
}

function readField(
  item: PdfObject,
  parent: FormField | undefined,
  depth: number,
  walk: Walk,
): FormField | undefined {
  walk.budget.tick()
  const reference = asReference(item)
  if (depth > MAXIMUM_FIELD_DEPTH || walk.all.length >= MAXIMUM_FIELDS) return undefined
  if (reference !== undefined) {
    if (walk.seen.has(reference.objectNumber)) return undefined
    walk.seen.add(reference.objectNumber)
  }
  const dictionary = asDictionary(walk.view.resolve(item))
  if (dictionary === undefined) return undefined
  const { view } = walk
  const partial = asText(view.resolve(dictionary.entries.get('T')))
  const flags = view.resolve(dictionary.entries.get('Ff'))
  const kids: FormField[] = []
  const field: FormField = {
    name: joinNames(parent?.name, partial),
    reference,
    dictionary,
    type: asName(view.resolve(dictionary.entries.get('FT'))) ?? parent?.type,
    value: dictionary.entries.get('V') ?? parent?.value,
    flags: flags.kind === 'number' ? flags.value : (parent?.flags ?? 0),
    parent,
    kids,
    isNamed: partial !== undefined,
  }
  walk.all.push(field)
  for (const kid of asArray(view.resolve(dictionary.entries.get('Kids'))) ?? []) {
    const child = readField(kid, field, depth + 1, walk)
    if (child !== undefined) kids.push(child)
  }
  return field
}

function joinNames(parent: string | undefined, own: string | undefined): string {
  if (own === undefined) return parent ?? ''
  return parent === undefined || parent === '' ? own : `${parent}.${own}`
}

/** A signature dictionary reached through a field. */
export type FoundSignature = {
  readonly fieldName: string
  readonly field: FormField
  /** Undefined when the dictionary is written directly into /V. */
  readonly reference: PdfReference | undefined
  readonly dictionary: PdfDictionary
  /** Oldest revision in whose form it was met. */
  readonly firstRevision: number
  /** Newest revision in whose form it was met. */
  readonly lastRevision: number
}

/** Signatures reached through the form of any revision, oldest first. */
export function findSignatures(file: PdfFile, forms: readonly FormTree[]): readonly FoundSignature[] {
  const found = new Map<string, FoundSignature>()
  for (const [revision, form] of forms.entries()) {
    const view = file.viewAt(revision)
    for (const field of form.all) {
      if (field.type !== 'Sig' || field.value === undefined || !ownsValue(field)) continue
      const dictionary = asDictionary(view.resolve(field.value))
      if (dictionary === undefined) continue
      const reference = asReference(field.value)
      const key = keyOf(view, reference, dictionary, field.name)
      const before = found.get(key)
      found.set(key, {
        fieldName: before?.fieldName ?? field.name,
        field,
        reference,
        dictionary,
        firstRevision: before?.firstRevision ?? revision,
        lastRevision: revision,
      })
    }
  }
  return [...found.values()]
}

/** The node that itself carries /V, or the nearest named node below an ancestor that does. */
function ownsValue(field: FormField): boolean {
  return field.dictionary.entries.has('V') || (field.isNamed && field.kids.every((kid) => !kid.isNamed))
}

/** One signature is one place in the file: the same object number may carry another signature in another revision. */
function keyOf(
  view: PdfView,
  reference: PdfReference | undefined,
  dictionary: PdfDictionary,
  name: string,
): string {
  const contents = dictionary.entries.get('Contents')
  if (contents?.kind === 'string' && contents.span !== undefined) return `at ${contents.span.start}`
  if (reference === undefined) return `direct ${name} ${view.revisionIndex}`
  const entry = view.entryOf(reference.objectNumber)
  return entry?.kind === 'in-use'
    ? `object ${entry.offset}`
    : `compressed ${reference.objectNumber} ${view.revisionIndex}`
}
