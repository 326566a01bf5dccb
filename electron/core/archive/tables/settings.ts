import type { z } from 'zod'
import type { EpochMs } from '../../../../shared/model/brand.ts'
import { query, type ReadableDb, type WritableDb } from '../database.ts'
import { type Change, recordChange } from './changes.ts'

/**
 * One named group of settings, parsed with the caller's schema; undefined when it was never written.
 * A value an older program wrote and the schema no longer takes throws: a wrong setting must not be guessed.
 */
export function readSetting<Schema extends z.ZodType>(
  db: ReadableDb,
  key: string,
  schema: Schema,
): z.output<Schema> | undefined {
  const row = db.first(query.selectFrom('settings').select('value_json').where('key', '=', key))
  return row === undefined ? undefined : schema.parse(JSON.parse(row.value_json))
}

/** Writes a group of settings and records what changed. Secrets go to `writeSecret`, never here. */
export function writeSetting(db: WritableDb, key: string, value: unknown, change: Change): void {
  const old = db.first(query.selectFrom('settings').select('value_json').where('key', '=', key))
  const valueJson = JSON.stringify(value)
  if (old?.value_json === valueJson) return
  db.run(
    query
      .insertInto('settings')
      .values({ key, value_json: valueJson, updated_at: change.at, updated_by: change.who })
      .onConflict((conflict) =>
        conflict
          .column('key')
          .doUpdateSet({ value_json: valueJson, updated_at: change.at, updated_by: change.who }),
      ),
  )
  recordChange(db, { entity: 'setting', entityId: key, caseId: null, caseTitle: '' }, change, {
    field: key,
    oldValue: old?.value_json ?? null,
    newValue: valueJson,
  })
}

/** Passwords, tokens and key files: encrypted with the database, never in history, log or settings. */
export function readSecret(db: ReadableDb, name: string): Uint8Array | undefined {
  return db.first(query.selectFrom('secrets').select('bytes').where('name', '=', name))?.bytes
}

/** undefined removes it. */
export function writeSecret(db: WritableDb, name: string, bytes: Uint8Array | undefined, at: EpochMs): void {
  db.run(query.deleteFrom('secrets').where('name', '=', name))
  if (bytes !== undefined) db.run(query.insertInto('secrets').values({ name, bytes, updated_at: at }))
}
