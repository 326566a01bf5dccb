/** One line of a bench: what was measured, what it should reach, and whether it did. */
export type Measurement = {
  readonly name: string
  readonly value: number
  readonly unit: string
  /** The limit, e.g. `<= 3`; absent for numbers that are only shown for comparison. */
  readonly reach?: string
  readonly reached?: boolean
  /** Further facts in English, e.g. what a ratio was made of. */
  readonly note?: string
}

/** A measurement with a limit. */
export function measured(
  name: string,
  value: number,
  unit: string,
  limit: { readonly atMost: number } | { readonly atLeast: number },
  note?: string,
): Measurement {
  const rounded = Number(value.toPrecision(4))
  const rest = note === undefined ? {} : { note }
  return 'atMost' in limit
    ? { name, value: rounded, unit, reach: `<= ${limit.atMost}`, reached: value <= limit.atMost, ...rest }
    : { name, value: rounded, unit, reach: `>= ${limit.atLeast}`, reached: value >= limit.atLeast, ...rest }
}

/** A number shown for comparison only. */
export function shown(name: string, value: number, unit: string, note?: string): Measurement {
  return { name, value: Number(value.toPrecision(4)), unit, ...(note === undefined ? {} : { note }) }
}

/** Median time in ms of `rounds` runs, after `warmUp` runs that do not count. */
export async function medianMs(rounds: number, warmUp: number, action: () => unknown): Promise<number> {
  const times: number[] = []
  for (let round = -warmUp; round < rounds; round++) {
    const start = performance.now()
    await action()
    if (round >= 0) times.push(performance.now() - start)
  }
  return times.sort((left, right) => left - right)[times.length >> 1] ?? Number.NaN
}
