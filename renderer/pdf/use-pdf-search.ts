import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { findMatches, findWords, type TextMatch } from './find-matches.ts'
import type { PdfFile } from './load-pdf.ts'

/** Words that led to the document: marked until the person searches for something else or takes the marks away. */
export type GivenWords = {
  readonly words: readonly string[]
  /** Pages on which they stand, ascending; undefined while not yet known. */
  readonly pages: readonly number[] | undefined
}

export type PdfSearch = {
  readonly query: string
  readonly setQuery: (query: string) => void
  readonly isRunning: boolean
  readonly matches: readonly TextMatch[]
  /** Index of the match that is shown; -1 = none. */
  readonly current: number
  readonly step: (by: 1 | -1) => void
  /** The given words while they are what is marked. */
  readonly given: GivenWords | undefined
  readonly dropGiven: () => void
}

type Place = {
  readonly file: PdfFile
  readonly page: number
  readonly goTo: (page: number) => void
}

export function usePdfSearch(place: Place, given: GivenWords | undefined): PdfSearch {
  const [query, setQuery] = useState('')
  const [isDropped, setDropped] = useState(false)
  const isTyped = query.trim() !== ''
  const typed = useTypedSearch(place, query)
  const active = isTyped || isDropped || given === undefined || given.words.length === 0 ? undefined : given
  const found = useGivenWords(place, active)
  const { matches, current, step } = active === undefined ? typed : found
  const { isRunning } = typed
  const dropGiven = useCallback(() => setDropped(true), [])
  return useMemo(
    () => ({ query, setQuery, isRunning, matches, current, step, given: active, dropGiven }),
    [query, isRunning, matches, current, step, active, dropGiven],
  )
}

/** What is typed into the viewer's field: all pages in order. */
function useTypedSearch({ file, goTo }: Place, query: string) {
  const [matches, setMatches] = useState<readonly TextMatch[]>([])
  const [current, setCurrent] = useState(-1)
  const [isRunning, setRunning] = useState(false)
  const page = useRef(goTo)
  page.current = goTo
  useEffect(() => {
    let isCurrent = true
    setMatches([])
    setCurrent(-1)
    if (query.trim() === '') return
    setRunning(true)
    const run = async (): Promise<void> => {
      const found: TextMatch[] = []
      for (let number = 1; number <= file.pageCount; number++) {
        const before = found.length
        found.push(...findMatches(number, await file.pageTexts(number), query))
        if (!isCurrent) return
        if (found.length > before) setMatches([...found])
        if (before === 0 && found[0] !== undefined) {
          setCurrent(0)
          page.current(found[0].page)
        }
      }
      setRunning(false)
    }
    const timer = setTimeout(() => {
      run().catch((error: unknown) => {
        if (!isCurrent) return
        console.warn('pdf.search-failed', error)
        setRunning(false)
      })
    }, 200)
    return () => {
      isCurrent = false
      clearTimeout(timer)
      setRunning(false)
    }
  }, [file, query])
  const step = useCallback(
    (by: 1 | -1) => {
      if (matches.length === 0) return
      const next = (current + by + matches.length) % matches.length
      setCurrent(next)
      const match = matches[next]
      if (match !== undefined) goTo(match.page)
    },
    [matches, current, goTo],
  )
  return { matches, current, isRunning, step }
}

/** Pages beside the one on the screen whose words are looked up, too. */
const BESIDE = 2

/** Given words: only pages near the screen are read, so a long file is not fetched whole; steps go by the known pages. */
function useGivenWords({ file, page, goTo }: Place, given: GivenWords | undefined) {
  const [found, setFound] = useState<ReadonlyMap<number, readonly TextMatch[]>>(new Map())
  const [shown, setShown] = useState<TextMatch | undefined>(undefined)
  const words = given?.words
  const goal = useRef<number | undefined>(undefined)
  const read = useCallback(
    async (number: number): Promise<readonly TextMatch[]> => {
      if (words === undefined) return []
      const matches = findWords(number, await file.pageTexts(number), words)
      setFound((old) => (old.has(number) ? old : new Map(old).set(number, matches)))
      return matches
    },
    [file, words],
  )
  useEffect(() => {
    // Other words, or none: what was found before is no longer marked.
    if (words !== undefined) setFound(new Map())
    setShown(undefined)
    goal.current = undefined
  }, [words])
  useEffect(() => {
    if (words === undefined) return
    for (let number = page - BESIDE; number <= page + BESIDE; number += 1) {
      if (number < 1 || number > file.pageCount) continue
      read(number).then(
        (matches) => {
          if (number === page) setShown((old) => (old === undefined ? matches[0] : old))
        },
        (error: unknown) => console.warn('pdf.words-failed', number, error),
      )
    }
  }, [file, page, words, read])
  const matches = useMemo(
    () => [...found.entries()].sort(([left], [right]) => left - right).flatMap(([, matches]) => matches),
    [found],
  )
  const step = useCallback(
    (by: 1 | -1) => {
      // A last page may never fill most of the screen: the match that is shown counts as long as it is near.
      const isShownNear = shown !== undefined && Math.abs(shown.page - page) <= 1
      const here = isShownNear ? shown.page : page
      const onPage = found.get(here) ?? []
      const at = isShownNear
        ? onPage.findIndex((match) => isSame(match, shown))
        : by === 1
          ? -1
          : onPage.length
      const next = onPage[at + by]
      if (next !== undefined) {
        setShown(next)
        if (next.page !== page) goTo(next.page)
        return
      }
      const target = nextPage(given?.pages ?? [], here, by)
      if (target === undefined) return
      goal.current = target
      goTo(target)
      read(target).then(
        (matches) => {
          if (goal.current === target) setShown(matches.at(by === 1 ? 0 : -1))
        },
        (error: unknown) => console.warn('pdf.words-failed', target, error),
      )
    },
    [found, shown, page, given, goTo, read],
  )
  const current = shown === undefined ? -1 : matches.findIndex((match) => isSame(match, shown))
  return { matches, current, step }
}

/** The next page of the list behind (or before) this one; round the end. */
export function nextPage(pages: readonly number[], here: number, by: 1 | -1): number | undefined {
  if (by === 1) return pages.find((page) => page > here) ?? pages[0]
  return pages.findLast((page) => page < here) ?? pages.at(-1)
}

function isSame(left: TextMatch, right: TextMatch): boolean {
  return (
    left.page === right.page &&
    left.start.run === right.start.run &&
    left.start.offset === right.start.offset &&
    left.end.run === right.end.run &&
    left.end.offset === right.end.offset
  )
}
