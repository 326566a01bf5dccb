import { z } from 'zod'
import type { Result } from '../result.ts'

/** Errors a procedure may return, by code; the value is the schema of the error's data. */
export type ErrorSpecs = Readonly<Record<string, z.ZodType>>

/** What an actor must be allowed to do before a procedure runs. Roles map to permissions in `shared/model/user.ts`. */
export type Permission =
  | 'anyone' // also before log-in (first start, log-in, town name)
  | 'signed-in' // any logged-in user
  | 'case.read'
  | 'case.write'
  | 'case.send'
  | 'case.approve'
  | 'case.seal'
  | 'archive.search'
  | 'archive.export'
  | 'archive.manage'
  | 'audit.read'
  | 'settings.read'
  | 'settings.write'
  | 'users.manage'

/** One procedure: who may call it, what goes in, what comes out, what can go wrong. */
export type Procedure<I extends z.ZodType, O extends z.ZodType, E extends ErrorSpecs> = {
  readonly permission: Permission
  readonly input: I
  readonly output: O
  readonly errors: E
}
export type AnyProcedure = Procedure<z.ZodType, z.ZodType, ErrorSpecs>
/** Two levels: group, then name. The channel of `table.cases.send` is `cases.send`. */
export type BridgeTable = Readonly<Record<string, Readonly<Record<string, AnyProcedure>>>>

/** A procedure of the bridge. Errors without data take `z.null()`, written for short as a list of codes. */
export function procedure<
  I extends z.ZodType,
  O extends z.ZodType,
  const Codes extends readonly string[] = readonly [],
>(spec: {
  readonly permission: Permission
  readonly input: I
  readonly output: O
  readonly errors?: Codes
}): Procedure<I, O, { readonly [C in Codes[number]]: typeof ErrorData }> {
  const codes: readonly string[] = spec.errors ?? []
  return {
    permission: spec.permission,
    input: spec.input,
    output: spec.output,
    errors: Object.fromEntries(codes.map((code) => [code, ErrorData])) as {
      readonly [C in Codes[number]]: typeof ErrorData
    },
  }
}

/** Facts that fill the gaps of an error's Japanese sentence: numbers, names of fields, never whole records. */
export const ErrorData = z.record(
  z.string(),
  z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]),
)
export type ErrorData = z.output<typeof ErrorData>

export type InputOf<P extends AnyProcedure> = z.output<P['input']>
export type OutputOf<P extends AnyProcedure> = z.output<P['output']>
export type ErrorOf<P extends AnyProcedure> = {
  [C in keyof P['errors'] & string]: { readonly code: C; readonly data: ErrorData }
}[keyof P['errors'] & string]

/** Failures every call can have, whatever its procedure declares. */
export type SystemError =
  | { readonly code: 'INPUT_INVALID'; readonly data: { readonly paths: string[] } }
  | { readonly code: 'NOT_SIGNED_IN'; readonly data: ErrorData }
  | { readonly code: 'FORBIDDEN'; readonly data: { readonly permission: string } }
  | { readonly code: 'HOST_UNREACHABLE'; readonly data: ErrorData }
  | { readonly code: StorageCode; readonly data: ErrorData }
  | { readonly code: 'INTERNAL'; readonly data: { readonly incidentId: string } }

/** What the archive's disk can do to any call. KEEPING_BUSY: the master key is being made anew. */
export type StorageCode = 'DISK_FULL' | 'DISK_FAILED' | 'ARCHIVE_DAMAGED' | 'FILE_DAMAGED' | 'KEEPING_BUSY'

export type ResultOf<P extends AnyProcedure> = Result<OutputOf<P>, ErrorOf<P> | SystemError>

/** The main side: one function per procedure. `Context` carries the actor of the call. */
export type Handlers<Table extends BridgeTable, Context> = {
  readonly [G in keyof Table]: {
    readonly [N in keyof Table[G]]: (
      input: InputOf<Table[G][N]>,
      context: Context,
    ) => Promise<Result<OutputOf<Table[G][N]>, ErrorOf<Table[G][N]>>>
  }
}

/** The renderer's side of the same table. */
export type Client<Table extends BridgeTable> = {
  readonly [G in keyof Table]: {
    readonly [N in keyof Table[G]]: (input: z.input<Table[G][N]['input']>) => Promise<ResultOf<Table[G][N]>>
  }
}

/** Facts the main side announces; the page re-reads what it shows. */
export const BridgeEvent = z.discriminatedUnion('topic', [
  z.object({ topic: z.literal('case-changed'), caseId: z.string() }),
  z.object({ topic: z.literal('mail-changed') }),
  z.object({ topic: z.literal('settings-changed') }),
  z.object({ topic: z.literal('session-changed') }),
  z.object({
    topic: z.literal('progress'),
    taskId: z.string(),
    label: z.string(),
    done: z.number(),
    total: z.number(),
    state: z.enum(['running', 'done', 'cancelled', 'failed']),
  }),
])
export type BridgeEvent = z.output<typeof BridgeEvent>
