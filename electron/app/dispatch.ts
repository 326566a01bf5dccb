import type { AnyProcedure, BridgeTable, Handlers, InputOf, StorageCode } from '../../shared/bridge/define.ts'
import { isPermitted, type Role } from '../../shared/model/user.ts'
import { fail, ok, type Result } from '../../shared/result.ts'
import { ArchiveError, type ArchiveErrorCode } from '../core/archive/errors.ts'
import { newId } from '../core/kit/ids.ts'
import type { Application, BridgeAnswer, Connection } from './host-port.ts'

/** The least a logged-in user must show so that permission can be decided. */
export type ActorWithRoles = { readonly roles: readonly Role[] }

/** What a use case learns about its call. `actor` is undefined only in procedures that `anyone` may call. */
export type CallContext<Actor> = { readonly actor: Actor | undefined; readonly connection: Connection }

/**
 * A bug that a call ran into. `detail` is safe for the technical log: class names, codes, source positions and
 * schema paths. Messages of errors are left out because they may quote what a user typed.
 */
export type Incident = {
  readonly id: string
  readonly channel: string
  readonly kind: 'unknown-channel' | 'thrown' | 'output-invalid' | 'error-undeclared'
  readonly detail: string
}

export type DispatchOptions<Actor extends ActorWithRoles> = {
  /** Who is logged in on this connection; undefined = nobody. */
  readonly actorOf: (connection: Connection) => Actor | undefined | Promise<Actor | undefined>
  readonly reportIncident: (incident: Incident) => void
}

type Call<Actor> = {
  readonly input: unknown
  readonly context: CallContext<Actor>
  readonly incident: (kind: Incident['kind'], detail: string) => BridgeAnswer
}
type Route<Actor> = {
  readonly procedure: AnyProcedure
  readonly run: (call: Call<Actor>) => Promise<BridgeAnswer>
}

/**
 * Runs one procedure of the bridge: name → permission → input → use case → output.
 *
 * The returned function never rejects. Failures that are not the procedure's own:
 * `NOT_SIGNED_IN`, `FORBIDDEN` (data: permission), `INPUT_INVALID` (data: paths of the offending fields),
 * the archive's own (`StorageCode`), `INTERNAL` (data: incidentId). The details of both go to `reportIncident`.
 */
export function createDispatch<Table extends BridgeTable, Actor extends ActorWithRoles>(
  table: Table,
  handlers: Handlers<Table, CallContext<Actor>>,
  options: DispatchOptions<Actor>,
): Application['call'] {
  const routes = new Map<string, Route<Actor>>()
  for (const group in table)
    for (const name in table[group]) routes.set(`${group}.${name}`, routeOf(table, handlers, group, name))

  return async (channel, input, connection) => {
    const incident: Call<Actor>['incident'] = (kind, detail) => {
      const id = newId()
      report(options, { id, channel: routes.has(channel) ? channel : '(unknown)', kind, detail })
      return fail('INTERNAL', { incidentId: id })
    }
    const route = routes.get(channel)
    if (route === undefined) return incident('unknown-channel', `${String(channel).length} characters`)
    try {
      const actor = await options.actorOf(connection)
      const refusal = refusalOf(route.procedure, actor)
      if (refusal !== undefined) return refusal
      return await route.run({ input, context: { actor, connection }, incident })
    } catch (error) {
      const answer = incident('thrown', describeError(error))
      const code = error instanceof ArchiveError ? STORAGE_CODES[error.code] : undefined
      return code === undefined ? answer : fail(code, {})
    }
  }
}

/** What may happen to any call and is nobody's mistake: the person is told what to do instead of a number. */
const STORAGE_CODES: Readonly<Partial<Record<ArchiveErrorCode, StorageCode>>> = {
  DISK_FULL: 'DISK_FULL',
  DISK_FAILED: 'DISK_FAILED',
  DATABASE_DAMAGED: 'ARCHIVE_DAMAGED',
  KEYSLOTS_DAMAGED: 'ARCHIVE_DAMAGED',
  FILE_DAMAGED: 'FILE_DAMAGED',
  FILE_NOT_FOUND: 'FILE_DAMAGED',
  ROTATION_RUNNING: 'KEEPING_BUSY',
}

/** Ties one procedure to its handler while the compiler still knows that they belong together. */
function routeOf<
  Table extends BridgeTable,
  Actor,
  Group extends keyof Table & string,
  Name extends keyof Table[Group] & string,
>(table: Table, handlers: Handlers<Table, CallContext<Actor>>, group: Group, name: Name): Route<Actor> {
  const procedure: AnyProcedure | undefined = table[group]?.[name]
  const handler = handlers[group]?.[name]
  if (procedure === undefined || handler === undefined) throw new Error(`No handler for ${group}.${name}`)
  return {
    procedure,
    run: async ({ input, context, incident }) => {
      const parsed = procedure.input.safeParse(input)
      if (!parsed.success) return fail('INPUT_INVALID', { paths: pathsOf(parsed.error) })
      const result = await handler(parsed.data as InputOf<Table[Group][Name]>, context)
      return checkedAnswer(procedure, result, incident)
    },
  }
}

/** Lets out only what the table promises: a parsed output, or a declared code with parsed data. */
function checkedAnswer(
  procedure: AnyProcedure,
  result: Result<unknown, { readonly code: string; readonly data: unknown }>,
  incident: Call<unknown>['incident'],
): BridgeAnswer {
  if (result.ok) {
    const output = procedure.output.safeParse(result.value)
    return output.success ? ok(output.data) : incident('output-invalid', pathsOf(output.error).join(' '))
  }
  const { code, data } = result.error
  const schema = Object.hasOwn(procedure.errors, code) ? procedure.errors[code] : undefined
  if (schema === undefined) return incident('error-undeclared', code)
  const parsed = schema.safeParse(data)
  return parsed.success ? fail(code, parsed.data) : incident('error-undeclared', `${code}: data`)
}

/** Deny by default: a call without actor or without the named permission is refused before its input is looked at. */
function refusalOf(procedure: AnyProcedure, actor: ActorWithRoles | undefined): BridgeAnswer | undefined {
  if (procedure.permission === 'anyone') return undefined
  if (actor === undefined) return fail('NOT_SIGNED_IN', {})
  if (isPermitted(actor.roles, procedure.permission)) return undefined
  return fail('FORBIDDEN', { permission: procedure.permission })
}

function report<Actor extends ActorWithRoles>(options: DispatchOptions<Actor>, incident: Incident): void {
  try {
    options.reportIncident(incident)
  } catch (error) {
    // The caller still gets its incident id; the log itself is what failed, so standard error is all that is left.
    process.stderr.write(`Incident ${incident.id} could not be logged: ${describeError(error)}\n`)
  }
}

function pathsOf(error: { readonly issues: readonly { readonly path: readonly PropertyKey[] }[] }): string[] {
  return [...new Set(error.issues.map((issue) => issue.path.map(String).join('.')))]
}

/** Class, code and source positions of an error and its causes, without its message. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return `thrown value of type ${typeof error}`
  const code = 'code' in error && typeof error.code === 'string' ? ` ${error.code}` : ''
  const afterMessage = (error.stack ?? '').split(error.message).at(-1) ?? ''
  const frames = afterMessage.split('\n').filter((line) => /^\s+at /.test(line))
  const own = [`${error.name}${code}`, ...frames].join('\n')
  return error.cause === undefined ? own : `${own}\ncaused by ${describeError(error.cause)}`
}
