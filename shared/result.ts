/** An expected outcome as a value: `ok` with what was asked for, or a failure with a code. */
export type Result<T, E> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: E }

export type Failure<Code extends string = string, Data = unknown> = {
  readonly code: Code
  readonly data: Data
}

export function ok<T>(value: T): { readonly ok: true; readonly value: T } {
  return { ok: true, value }
}

export function fail<Code extends string, Data>(
  code: Code,
  data: Data,
): { readonly ok: false; readonly error: Failure<Code, Data> } {
  return { ok: false, error: { code, data } }
}

/** The end of a `switch` over a union: a new member that is not handled does not compile. */
export function unreachable(value: never): never {
  throw new Error(`Unreachable: ${JSON.stringify(value)}`)
}
