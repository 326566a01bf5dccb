/**
 * Gate 1, second half: raw `/ByteRange` hits that belong to no signature found through the form. A hit inside stream data
 * is content (an attached PDF); anything else is a signature somebody took out of sight.
 */
import { SigningError } from '../errors.ts'
import { readIndirectObject } from '../pdf/indirect-object.ts'
import { asArray, asDictionary, asName, type PdfDictionary } from '../pdf/objects.ts'
import type { PdfFile } from '../pdf/reader.ts'
import { Windows } from '../pdf/window.ts'
import type { Budget } from './budget.ts'
import type { SignatureFormat } from './format/signature-gates.ts'
import { entriesOf } from './format/structure-gates.ts'

export type Unreached = { readonly offset: number; readonly isUsageRights: boolean }

type Start = { readonly offset: number; readonly objectNumber: number; readonly revision: number }

/** Sorts the hits out. Objects are read only around hits. */
export async function findUnreached(
  file: PdfFile,
  hits: readonly number[],
  known: readonly SignatureFormat[],
  budget: Budget,
): Promise<readonly Unreached[]> {
  if (hits.length === 0) return []
  const starts: Start[] = []
  for (const revision of file.revisions)
    for (const [objectNumber, entry] of entriesOf(revision)) {
      if (entry.kind === 'in-use')
        starts.push({ offset: entry.offset, objectNumber, revision: revision.index })
      if ((starts.length & 0x3fff) === 0) await budget.pause()
    }
  starts.sort((left, right) => left.offset - right.offset)
  const knownStarts = new Set(
    known.flatMap((format) => {
      const contents = format.found.dictionary.entries.get('Contents')
      if (contents?.kind !== 'string' || contents.span === undefined) return []
      return startBefore(starts, contents.span.start)?.offset ?? []
    }),
  )
  const windows = new Windows(file.source)
  const found: Unreached[] = []
  for (const offset of hits) {
    await budget.pause()
    const verdict = judgeHit(file, windows, { offset, start: startBefore(starts, offset), knownStarts })
    if (verdict !== undefined) found.push(verdict)
  }
  return found
}

type Hit = {
  readonly offset: number
  readonly start: Start | undefined
  readonly knownStarts: ReadonlySet<number>
}

function judgeHit(
  file: PdfFile,
  windows: Windows,
  { offset, start, knownStarts }: Hit,
): Unreached | undefined {
  if (start === undefined) return { offset, isUsageRights: false }
  try {
    const view = file.viewAt(start.revision)
    const object = readIndirectObject(windows, start.offset, (length) => view.resolve(length))
    if (object.value.kind === 'stream' && object.value.body.at === 'file') {
      const { offset: from, lengthBytes } = object.value.body
      if (offset >= from && offset < from + lengthBytes) return undefined
    }
    if (offset >= object.endOffset) return { offset, isUsageRights: false }
    if (knownStarts.has(start.offset)) return undefined
    const dictionary = asDictionary(object.value)
    return { offset, isUsageRights: dictionary !== undefined && isUsageRights(dictionary, file) }
  } catch (error) {
    if (error instanceof SigningError || error instanceof RangeError) return { offset, isUsageRights: false }
    throw error
  }
}

function startBefore(starts: readonly Start[], offset: number): Start | undefined {
  let low = 0
  let high = starts.length - 1
  while (low <= high) {
    const middle = (low + high) >> 1
    if ((starts[middle]?.offset ?? 0) <= offset) low = middle + 1
    else high = middle - 1
  }
  return starts[high]
}

/** Usage rights (ISO 32000-1 §12.8.4): a signature of the form's maker for Adobe Reader, never a person's. */
function isUsageRights(dictionary: PdfDictionary, file: PdfFile): boolean {
  const methods = (asArray(dictionary.entries.get('Reference')) ?? []).map((item) =>
    asName(asDictionary(file.resolve(item))?.entries.get('TransformMethod')),
  )
  return methods.length > 0 && methods.every((method) => method === 'UR3' || method === 'UR')
}
