import { IsoDate } from '../../../../shared/model/brand.ts'
import { query, type ReadableDb, type WritableDb } from '../database.ts'

/** 国民の祝日 and closing days of the office, for deadlines in business days (L16). */
export function listHolidays(db: ReadableDb): { readonly day: IsoDate; readonly name: string }[] {
  return db
    .all(query.selectFrom('holidays').select(['day', 'name']).orderBy('day'))
    .map((row) => ({ day: IsoDate.parse(row.day), name: row.name }))
}

/** Replaces the days of the years that occur in the list. */
export function loadHolidays(
  db: WritableDb,
  holidays: readonly { readonly day: IsoDate; readonly name: string }[],
): void {
  for (const year of new Set(holidays.map((holiday) => holiday.day.slice(0, 4))))
    db.run(query.deleteFrom('holidays').where('day', 'like', `${year}-%`))
  for (const holiday of holidays)
    db.run(
      query
        .insertInto('holidays')
        .values(holiday)
        .onConflict((conflict) => conflict.column('day').doUpdateSet({ name: holiday.name })),
    )
}
