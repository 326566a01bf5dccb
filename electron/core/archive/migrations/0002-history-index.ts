import type { Database } from 'better-sqlite3'

/**
 * 訂正削除履歴 becomes searchable at any size: grams of every group of changes (one save = one group).
 * The groups of older rows are found by who, when and what; their grams come from the stored normalised text.
 */
export function up(db: Database): void {
  db.exec(`
    CREATE TABLE change_groups (first_seq INTEGER PRIMARY KEY, last_seq INTEGER NOT NULL) STRICT;
    CREATE VIRTUAL TABLE change_grams USING fts5(grams, tokenize = 'ascii', content = '', contentless_delete = 1, detail = none);
  `)
  const insertGroup = db.prepare('INSERT INTO change_groups (first_seq, last_seq) VALUES (?, ?)')
  const insertGrams = db.prepare('INSERT INTO change_grams (rowid, grams) VALUES (?, ?)')
  const page = db.prepare<[bigint], Row>(
    'SELECT seq, at, who, entity, entity_id, search_text FROM changes WHERE seq > ? ORDER BY seq LIMIT 5000',
  )
  let group: { key: string; first: bigint; last: bigint; grams: Set<string> } | undefined
  const finish = (): void => {
    if (group === undefined) return
    insertGroup.run(group.first, group.last)
    insertGrams.run(group.first, [...group.grams].join(' '))
  }
  for (let after = 0n; ; ) {
    const rows = page.all(after)
    for (const row of rows) {
      const key = JSON.stringify([row.at, row.who, row.entity, row.entity_id])
      if (group?.key !== key) {
        finish()
        group = { key, first: BigInt(row.seq), last: BigInt(row.seq), grams: new Set() }
      }
      group.last = BigInt(row.seq)
      addGrams(group.grams, row.search_text)
    }
    const last = rows.at(-1)
    if (last === undefined) break
    after = BigInt(last.seq)
  }
  finish()
}

type Row = { seq: number; at: number; who: string; entity: string; entity_id: string; search_text: string }

/** As `search/grams.ts` made them on 2026-11-22: runs of one to three characters inside a line. */
function addGrams(grams: Set<string>, text: string): void {
  for (const line of text.split('\n')) {
    let before = ''
    let beforeThat = ''
    for (const character of line) {
      grams.add(character)
      if (before !== '') {
        grams.add(before + character)
        if (beforeThat !== '') grams.add(beforeThat + before + character)
      }
      beforeThat = before
      before = character
    }
  }
}
