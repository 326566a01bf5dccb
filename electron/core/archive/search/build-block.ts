/** A block in the making: entries in the order of their numbers, with all their grams. */
import type { Field } from './block.ts'
import { createTextsWriter, encodeColumns, encodeNumbers, makeColumns } from './block.ts'
import type { Entry } from './entries.ts'
import { createGramTable, PAUSE } from './gram-table.ts'
import { encodePart, type GramSource, postingKey } from './postings.ts'

export type BlockBuilder = {
  /** Numbers must ascend. */
  readonly add: (entry: Entry) => void
  readonly cases: () => number
  /** What `search_columns` holds. */
  readonly row: () => { readonly rids: Buffer; readonly columns: Buffer }
  /** Still to be deflated and packed (`packTexts`). */
  readonly texts: () => Buffer
  /** What `search_postings` holds, by ascending key. */
  readonly postings: (numbers: {
    readonly block: number
    readonly run: number
  }) => Generator<Posting | typeof PAUSE>
}
export type Posting = { readonly key: bigint; readonly blocks: Uint8Array }

/** As many as the bodies of a full block have: nothing grows in the middle of the work. */
const MANY_GRAMS = 1 << 20
const MANY_CASES = 8192

/** @param expected how many entries there will be */
export function createBlockBuilder(expected: number): BlockBuilder {
  const rows: Omit<Entry, Field | 'body'>[] = []
  const texts = createTextsWriter()
  const tables = {
    fields: createGramTable(),
    party: createGramTable(),
    body: createGramTable(expected > MANY_CASES ? MANY_GRAMS : undefined),
  }
  return {
    add: (entry) => {
      const ordinal = rows.length
      for (const field of ['title', 'party', 'rest'] satisfies readonly Field[])
        tables.fields.add(ordinal, entry[field])
      tables.party.add(ordinal, entry.party)
      tables.body.add(ordinal, entry.body)
      texts.add(entry)
      const { body: _body, title: _title, party: _party, rest: _rest, ...row } = entry
      rows.push(row)
    },
    cases: () => rows.length,
    row: () => ({
      rids: encodeNumbers(Float64Array.from(rows, (row) => row.rid)),
      columns: encodeColumns(makeColumns(rows)),
    }),
    texts: texts.bytes,
    postings: function* ({ block, run }) {
      for (const source of ['fields', 'party', 'body'] satisfies readonly GramSource[])
        for (const list of tables[source].lists()) {
          if (list === PAUSE) {
            yield PAUSE
            continue
          }
          const { gram, ordinals } = list
          const part = encodePart(block, rows.length, ordinals)
          yield {
            key: postingKey(run, source, gram),
            blocks: new Uint8Array(part.buffer, part.byteOffset, part.byteLength),
          }
        }
    },
  }
}
