import type { EpochMs, UserId } from '../../../../shared/model/brand.ts'
import { newId } from '../../kit/ids.ts'
import { query, type ReadableDb, type WritableDb } from '../database.ts'

/** `query` is parsed by the caller (`SearchQuery` of the bridge). */
export type SavedSearch = { readonly id: string; readonly name: string; readonly query: unknown }

/** A person's own saved searches, oldest first. */
export function listSavedSearches(db: ReadableDb, userId: UserId): SavedSearch[] {
  return db
    .all(
      query
        .selectFrom('saved_searches')
        .select(['id', 'name', 'query_json'])
        .where('user_id', '=', userId)
        .orderBy('created_at')
        .orderBy('id'),
    )
    .map((row) => ({ id: row.id, name: row.name, query: JSON.parse(row.query_json) as unknown }))
}

export function saveSearch(
  db: WritableDb,
  userId: UserId,
  search: Omit<SavedSearch, 'id'>,
  at: EpochMs,
): string {
  const id = newId()
  db.run(
    query.insertInto('saved_searches').values({
      id,
      user_id: userId,
      name: search.name,
      query_json: JSON.stringify(search.query),
      created_at: at,
    }),
  )
  return id
}

/** Removes the person's own search only. */
export function removeSavedSearch(db: WritableDb, userId: UserId, id: string): boolean {
  return db.run(query.deleteFrom('saved_searches').where('id', '=', id).where('user_id', '=', userId)) === 1
}
