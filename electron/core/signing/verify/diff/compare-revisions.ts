/**
 * Difference analysis (gates 12–19): every revision after the first signature is compared with the one before it, with a
 * white-list of what may change; anything no rule approves is level `other`. Each step is judged once and then held
 * against the permissions of every signature before it (`permissions.ts`).
 */
import type { ByteSource } from '../../../kit/byte-source.ts'
import { appendedSource } from '../../../kit/byte-source.ts'
import { SigningError } from '../../errors.ts'
import { asDictionary, asName, type PdfObject, type PdfReference } from '../../pdf/objects.ts'
import type { PdfPage } from '../../pdf/page-tree.ts'
import { openPdf, type PdfFile } from '../../pdf/reader.ts'
import type { Budget } from '../budget.ts'
import type { FormTree } from '../format/find-signatures.ts'
import { entriesOf, findAppendedFaults } from '../format/structure-gates.ts'
import { indexReferrers, type Referrer, type ReferrerIndex, referencesIn } from './graph.ts'
import { checkCatalog } from './rules/catalog-rule.ts'
import { checkSecurityStore } from './rules/dss-rule.ts'
import { checkForm } from './rules/form-rule.ts'
import { checkInfo, checkMetadata } from './rules/info-rule.ts'
import { checkPages } from './rules/page-rule.ts'
import { checkTrailer } from './rules/trailer-rule.ts'
import type { Change, ChangedObject, Step } from './step.ts'
import { sameValue } from './values.ts'

export type Comparison = {
  readonly file: PdfFile
  /** The form of every revision, by index. */
  readonly forms: readonly FormTree[]
  /** Revision of the oldest signature. */
  readonly firstSigned: number
  /** Oldest revision with a certifying signature (DocMDP), or undefined. */
  readonly certifiedAt: number | undefined
  readonly budget: Budget
}

/** Changes by revision index; revisions up to the first signed one have none. */
export async function compareRevisions(
  comparison: Comparison,
): Promise<ReadonlyMap<number, readonly Change[]>> {
  const { file, firstSigned } = comparison
  const changes = new Map<number, readonly Change[]>()
  if (firstSigned >= file.revisions.length - 1) return changes
  const drafts = await Promise.all(
    file.revisions.slice(firstSigned + 1).map((revision) => draftStep(comparison, revision.index)),
  )
  const interesting = new Set(
    drafts.flatMap((draft) => [...(draft?.changed.keys() ?? []), ...(draft?.added ?? [])]),
  )
  const base = await baseState(comparison, interesting)
  const log = new ReferrerLog(base?.referrers ?? NO_REFERRERS, interesting, file)
  for (const [offset, draft] of drafts.entries()) {
    const index = firstSigned + 1 + offset
    const found: Change[] = []
    for (const code of await findAppendedFaults(file, index, comparison.budget))
      found.push({ code, level: 'other' })
    if (base === undefined) found.push({ code: 'SIGNED_STATE_UNREADABLE', level: 'other' })
    else if (draft === undefined) found.push({ code: 'REVISION_UNREADABLE', level: 'other' })
    else found.push(...judgeStep(comparison, { index, draft, log, pages: base.pages }))
    changes.set(index, found)
    if (draft !== undefined && !advanceLog(log, index, draft, comparison.budget))
      found.push({ code: 'REVISION_UNREADABLE', level: 'other' })
    await comparison.budget.pause()
  }
  return changes
}

const NO_REFERRERS: ReferrerIndex = { uses: new Map(), reached: new Set() }

type Draft = { readonly changed: ReadonlyMap<number, ChangedObject>; readonly added: ReadonlySet<number> }

/** Which objects revision `index` changed, added or freed. Undefined when one of them cannot be read. */
async function draftStep({ file, budget }: Comparison, index: number): Promise<Draft | undefined> {
  const before = file.viewAt(index - 1)
  const after = file.viewAt(index)
  const revision = file.revisions[index]
  const changed = new Map<number, ChangedObject>()
  const added = new Set<number>()
  if (revision === undefined) return undefined
  try {
    for (const [objectNumber] of entriesOf(revision)) {
      budget.tick()
      await budget.pause()
      const old = before.entryOf(objectNumber)
      const now = after.entryOf(objectNumber)
      const oldReference = toReference(objectNumber, old)
      const newReference = toReference(objectNumber, now)
      if (oldReference === undefined) {
        if (newReference !== undefined) added.add(objectNumber)
        continue
      }
      if (sameEntry(old, now)) continue
      const oldValue = file.objectAt(oldReference, index - 1)
      const newValue = newReference === undefined ? NULL : file.objectAt(newReference, index)
      const isFreed = newReference === undefined || newReference.generation !== oldReference.generation
      if (isFreed || !sameValue(file, oldValue, newValue))
        changed.set(objectNumber, { reference: oldReference, before: oldValue, after: newValue, isFreed })
    }
    return { changed, added }
  } catch (error) {
    if (error instanceof SigningError || error instanceof RangeError) return undefined
    throw error
  }
}

const NULL: PdfObject = { kind: 'null' }
type Entry = ReturnType<PdfFile['entryOf']>

function toReference(objectNumber: number, entry: Entry): PdfReference | undefined {
  if (entry === undefined || entry.kind === 'free') return undefined
  return { kind: 'reference', objectNumber, generation: entry.kind === 'in-use' ? entry.generation : 0 }
}

function sameEntry(left: Entry, right: Entry): boolean {
  if (left?.kind !== 'in-use' || right?.kind !== 'in-use') return false
  return left.offset === right.offset && left.generation === right.generation
}

type Base = { readonly referrers: ReferrerIndex; readonly pages: readonly PdfPage[] }

/**
 * The oldest signed state, read from its own bytes alone: an object that only makes sense with bytes appended later
 * (a string or stream running past the signed end) makes it unreadable.
 */
async function baseState(
  { file, firstSigned, budget }: Comparison,
  interesting: ReadonlySet<number>,
): Promise<Base | undefined> {
  const end = file.revisions[firstSigned]?.endOffset ?? 0
  try {
    const alone = openPdf(prefixSource(file.source, end))
    if (alone.revisions.length !== firstSigned + 1) return undefined
    const referrers = await indexReferrers(alone, file.viewAt(firstSigned), interesting, budget)
    const pages: PdfPage[] = []
    for (const page of alone.pages()) {
      pages.push(page)
      if ((pages.length & 63) === 0) await budget.pause()
    }
    return { referrers, pages }
  } catch (error) {
    if (error instanceof SigningError || error instanceof RangeError) return undefined
    throw error
  }
}

/** The first `sizeBytes` bytes of a source. */
export function prefixSource(source: ByteSource, sizeBytes: number): ByteSource {
  return appendedSource(source, sizeBytes, new Uint8Array(0))
}

/** Uses of the interesting objects as of the revision that is being judged. */
class ReferrerLog {
  private readonly uses = new Map<number, Referrer[]>()
  private readonly reached: Set<number>
  private readonly interesting: ReadonlySet<number>
  private readonly file: PdfFile

  constructor(base: ReferrerIndex, interesting: ReadonlySet<number>, file: PdfFile) {
    for (const [objectNumber, referrers] of base.uses) this.uses.set(objectNumber, [...referrers])
    this.reached = new Set(base.reached)
    this.interesting = interesting
    this.file = file
  }

  of(objectNumber: number): readonly Referrer[] {
    return this.uses.get(objectNumber) ?? []
  }

  /** Adds the uses revision `index` brought, also inside old objects only it made reachable; drops replaced ones. */
  advance(index: number, draft: Draft, budget: Budget): void {
    const view = this.file.viewAt(index)
    for (const [objectNumber, uses] of this.uses)
      this.uses.set(
        objectNumber,
        uses.filter((use) => !draft.changed.has(use.from) && use.from !== 0),
      )
    for (const [key, value] of view.trailer.entries)
      if ((key === 'Root' || key === 'Info') && value.kind === 'reference')
        this.add(value.objectNumber, { from: 0, path: [key] })
    // A cross-reference stream names /Root and /Info as every trailer does; that is no further use of them.
    const ownStreams = new Set(
      this.file.revisions[index]?.sections.map((section) => section.streamReference?.objectNumber),
    )
    const queue = [...draft.changed.keys(), ...draft.added].filter((number) => !ownStreams.has(number))
    for (const objectNumber of queue) this.reached.add(objectNumber)
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      budget.tick()
      const reference = toReference(next, view.entryOf(next))
      if (reference === undefined) continue
      for (const { target, use } of referencesIn(view, reference)) {
        if (this.interesting.has(target.objectNumber)) this.add(target.objectNumber, use)
        if (this.reached.has(target.objectNumber)) continue
        this.reached.add(target.objectNumber)
        queue.push(target.objectNumber)
      }
    }
  }

  private add(objectNumber: number, use: Referrer): void {
    const known = this.uses.get(objectNumber)
    if (known === undefined) this.uses.set(objectNumber, [use])
    else known.push(use)
  }
}

/** False when something the revision brought into use cannot be read. */
function advanceLog(log: ReferrerLog, index: number, draft: Draft, budget: Budget): boolean {
  try {
    log.advance(index, draft, budget)
    return true
  } catch (error) {
    if (error instanceof SigningError || error instanceof RangeError) return false
    throw error
  }
}

type StepInput = {
  readonly index: number
  readonly draft: Draft
  readonly log: ReferrerLog
  readonly pages: readonly PdfPage[]
}

function judgeStep(comparison: Comparison, { index, draft, log, pages }: StepInput): readonly Change[] {
  const { file, forms, budget, certifiedAt } = comparison
  const changes: Change[] = []
  const formBefore = forms[index - 1]
  const formAfter = forms[index]
  if (formBefore === undefined || formAfter === undefined)
    return [{ code: 'REVISION_UNREADABLE', level: 'other' }]
  const step: Step = {
    file,
    revision: index,
    before: file.viewAt(index - 1),
    after: file.viewAt(index),
    formBefore,
    formAfter,
    budget,
    changed: draft.changed,
    added: draft.added,
    referrersOf: (objectNumber) => log.of(objectNumber),
    pages: new Map(pages.map((page) => [page.reference.objectNumber, page.index])),
    pageList: pages,
    isCertified: certifiedAt !== undefined && certifiedAt < index,
    report: (change) => {
      changes.push(change)
    },
    approved: new Set(),
  }
  try {
    checkTrailer(step)
    checkCatalog(step)
    checkForm(step)
    checkPages(step)
    checkSecurityStore(step)
    checkMetadata(step)
    checkInfo(step)
    checkRest(step)
  } catch (error) {
    if (!(error instanceof SigningError) && !(error instanceof RangeError)) throw error
    changes.push({ code: 'REVISION_UNREADABLE', level: 'other' })
  }
  return changes
}

/** What no rule approved: overwritten, freed, or supplied where the signed state pointed at nothing. */
function checkRest(step: Step): void {
  for (const [objectNumber, change] of step.changed) {
    if (
      change.before.kind === 'stream' &&
      asName(change.before.dictionary.entries.get('Type')) === 'ObjStm'
    ) {
      step.report({ code: 'OBJECT_STREAM_OVERWRITTEN', level: 'other', detail: `${objectNumber} 0 R` })
      continue
    }
    if (step.approved.has(objectNumber) || step.referrersOf(objectNumber).length === 0) continue
    step.report({
      code: codeFor(change),
      level: 'other',
      detail: `${objectNumber} ${change.reference.generation} R`,
    })
  }
  for (const objectNumber of step.added)
    if (step.referrersOf(objectNumber).length > 0)
      step.report({ code: 'OBJECT_SUPPLIED', level: 'other', detail: `${objectNumber} 0 R` })
}

function codeFor(change: ChangedObject): Change['code'] {
  if (change.isFreed) return 'OBJECT_FREED'
  const dictionary = asDictionary(change.before)
  const type = asName(dictionary?.entries.get('Type'))
  if (type === 'Page') return 'PAGE_CHANGED'
  if (type === 'Pages') return 'PAGES_CHANGED'
  const isAnnotation =
    type === 'Annot' || (dictionary?.entries.has('Rect') === true && dictionary.entries.has('Subtype'))
  return isAnnotation ? 'ANNOTATION_CHANGED' : 'OBJECT_OVERWRITTEN'
}
