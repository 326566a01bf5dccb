/** Entries of one cross-reference section, looked up by object number without building a map of them all. */

/** Where an object is (ISO 32000-2 §7.5.4, §7.5.8.3). Offsets in bytes from the start of the file. */
export type XrefEntry =
  | { readonly kind: 'free'; readonly generation: number }
  | { readonly kind: 'in-use'; readonly offset: number; readonly generation: number }
  | { readonly kind: 'compressed'; readonly streamNumber: number; readonly index: number }

/** A run of consecutive object numbers. */
export type XrefSubsection = {
  readonly first: number
  readonly count: number
  /** Entry of object `first + index`; undefined for an entry type that readers must ignore. */
  readonly entryAt: (index: number) => XrefEntry | undefined
}

export type XrefEntries = {
  readonly subsections: readonly XrefSubsection[]
  /** The entry of an object number in this section; where a number is listed twice, the first. */
  readonly get: (objectNumber: number) => XrefEntry | undefined
}

export function xrefEntries(subsections: readonly XrefSubsection[]): XrefEntries {
  if (subsections.length <= 8) return { subsections, get: (number) => search(subsections, number) }
  const sorted = subsections.filter((run) => run.count > 0).sort((left, right) => left.first - right.first)
  const isDisjoint = sorted.every((run, index) => {
    const before = sorted[index - 1]
    return before === undefined || before.first + before.count <= run.first
  })
  if (!isDisjoint) return { subsections, get: (number) => search(subsections, number) }
  return { subsections, get: (number) => searchSorted(sorted, number) }
}

function search(subsections: readonly XrefSubsection[], number: number): XrefEntry | undefined {
  for (const run of subsections) {
    const index = number - run.first
    if (index >= 0 && index < run.count) return run.entryAt(index)
  }
  return undefined
}

function searchSorted(sorted: readonly XrefSubsection[], number: number): XrefEntry | undefined {
  let low = 0
  let high = sorted.length - 1
  while (low <= high) {
    const middle = (low + high) >> 1
    const run = sorted[middle]
    if (run === undefined) return undefined
    if (number < run.first) high = middle - 1
    else if (number >= run.first + run.count) low = middle + 1
    else return run.entryAt(number - run.first)
  }
  return undefined
}

/** Object numbers listed more than once in a section: never right, and a way to show two views of a file. */
export function duplicateNumbers(entries: XrefEntries): readonly number[] {
  const sorted = entries.subsections
    .filter((run) => run.count > 0)
    .sort((left, right) => left.first - right.first)
  const duplicates: number[] = []
  let end = 0
  for (const run of sorted) {
    for (let number = run.first; number < Math.min(end, run.first + run.count); number += 1)
      duplicates.push(number)
    end = Math.max(end, run.first + run.count)
  }
  return duplicates
}
