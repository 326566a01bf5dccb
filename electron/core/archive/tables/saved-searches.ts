import type { EpochMs, UserId } from '../../../../shared/model/brand.ts'
import { newId } from '../../kit/ids.ts'
import { query, type ReadableDb, type WritableDb } from '../database.ts'

/** `query` is parsed by the caller (`SearchQuery` of the bridge). */
export type SavedSearch = { readonly id: string; readonly name: string; readonly query: unknown }

/** A person's own saved searches, in the order they gave them; new ones last. */
export function listSavedSearches(db: ReadableDb, userId: UserId): SavedSearch[] {
  return db
    .all(
      query
        .selectFrom('saved_searches')
        .select(['id', 'name', 'query_json'])
        .where('user_id', '=', userId)
        .orderBy('position')
        .orderBy('created_at')
        .orderBy('id'),
    )
    .map((row) => ({ id: row.id, name: row.name, query: JSON.parse(row.query_json) as unknown }))
}

/** Behind every place that was ever given. */
const NEW_POSITION = 1_000_000

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
      position: NEW_POSITION,
      created_at: at,
    }),
  )
  return id
}

/** Removes the person's own search only. */
export function removeSavedSearch(db: WritableDb, userId: UserId, id: string): boolean {
  return db.run(query.deleteFrom('saved_searches').where('id', '=', id).where('user_id', '=', userId)) === 1
}

/** New names and order for all of the person's own searches; ids that are not theirs are left alone. */
export function arrangeSearches(
  db: WritableDb,
  userId: UserId,
  searches: readonly Pick<SavedSearch, 'id' | 'name'>[],
): void {
  for (const [position, { id, name }] of searches.entries())
    db.run(
      query
        .updateTable('saved_searches')
        .set({ name, position })
        .where('id', '=', id)
        .where('user_id', '=', userId),
    )
}
