import type Database from 'better-sqlite3'
import { ridRangeOf } from '../../electron/core/archive/search/rid.ts'

/** A seeded town: cases of thirty years as they are written in such offices. No text of a real contract. */

/** mulberry32: the same numbers for the same seed on every machine. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

const PLACES =
  '柏森 高雄 山那 南山名 高木 斎藤 小淵 前野 後野 宮前 中央 東町 西町 北浦 上郷 下郷 寺前 新田 川東 川西 松原 竹之内 丸山 天神 八幡 若宮 白山 神明 本郷 中島'.split(
    ' ',
  )
const OBJECTS =
  '橋梁 道路 町道 側溝 水路 排水機場 配水管 下水道管渠 庁舎 小学校校舎 中学校体育館 保育園 公民館 図書館 消防団車庫 公園遊具 街路灯 防火水槽 給食センター 斎苑'.split(
    ' ',
  )
const WORKS =
  '補修工事 改良工事 舗装工事 耐震補強工事 長寿命化工事 改築工事 設計業務委託 測量業務委託 維持管理業務委託 清掃業務委託 保守点検業務委託 機器賃貸借 物品購入 システム改修業務委託 調査業務委託'.split(
    ' ',
  )
const FAMILY =
  '髙橋 高橋 山﨑 山崎 渡邉 渡辺 齋藤 斉藤 伊藤 加藤 鈴木 佐藤 中村 小林 田中 吉田 𠮷田 山田 水野 長谷川 大島 大嶋 濵田 浜田 澤井 沢井 近藤 丹羽 犬飼 千田'.split(
    ' ',
  )
const TRADES =
  '組 建設 土木 工務店 設備工業 電設 造園 測量設計 商店 サービス システム リース 興業 産業 舗道'.split(' ')
export const DEPARTMENTS =
  '行政課 総務課 財政課 税務課 住民課 福祉児童課 健康推進課 介護健康課 都市整備課 土木課 産業環境課 学校教育課 生涯学習課 上下水道課 会計室'.split(
    ' ',
  )
export const METHODS = ['open-bid', 'designated-bid', 'negotiated', 'proposal', 'other'] as const
export const KINDS = [
  'construction',
  'service',
  'design',
  'purchase',
  'manufacture',
  'lease',
  'other',
] as const
export const STATES = ['concluded', 'concluded', 'concluded', 'concluded', 'paper', 'withdrawn'] as const
const CLAUSES = [
  '受注者は、別冊の図面及び仕様書に基づき、頭書の工期内に完成し、工事目的物を発注者に引き渡すものとする。',
  '発注者は、この契約の履行について必要があると認めるときは、受注者に対して報告を求めることができる。',
  '受注者は、工程表を作成し、契約締結後十四日以内に発注者に提出しなければならない。',
  'この契約により生ずる権利又は義務を第三者に譲渡し、又は承継させてはならない。',
  '契約保証金は、契約金額の百分の十以上とし、契約の締結と同時に納付しなければならない。',
  '天災その他の不可抗力により損害が生じたときは、その負担について協議して定める。',
  '個人情報の取扱いについては、別記特記事項を遵守しなければならない。',
  '監督員は、施工の立会い、検査及び材料の試験を行う権限を有する。',
  '完成の通知を受けた日から起算して十四日以内に検査を完了し、その結果を通知する。',
  '暴力団排除に関する条項に違反したときは、催告をすることなく解除することができる。',
]

export type SeededCase = {
  readonly id: string
  readonly title: string
  readonly party: string
  readonly corporateNumber: string
  readonly number: string
  readonly amount: number | null
  /** `YYYY-MM-DD` */
  readonly date: string
  readonly department: string
  readonly method: string
  readonly kind: string
  readonly state: string
  /** Empty for nine cases of ten. */
  readonly text: string
}

/** Cases in no order, as they would be imported. Every tenth has about 2 kB (UTF-8) of text. */
export function* seededCases(count: number, seed = 20_260_401): Generator<SeededCase> {
  const random = seededRandom(seed)
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T
  const companies = Array.from({ length: 3000 }, (_, index) => ({
    name: `${pick(['株式会社', '㈱', '有限会社', '(株)', ''])}${pick(FAMILY)}${pick(TRADES)}${index % 7 === 0 ? pick(PLACES) : ''}`,
    number: String(1_000_000_000_000 + Math.floor(random() * 8_999_999_999_999)),
  }))
  for (let index = 0; index < count; index += 1) {
    const day = new Date(Date.UTC(1996, 3, 1) + Math.floor(random() * 30 * 365.25) * 86_400_000)
    const year = day.getUTCFullYear() - (day.getUTCMonth() < 3 ? 1 : 0)
    const era = year >= 2019 ? `令和${year - 2018}` : `平成${year - 1988}`
    const company = companies[Math.floor(random() ** 2 * companies.length)] ?? { name: '', number: '' }
    const place = pick(PLACES)
    const object = pick(OBJECTS)
    const work = pick(WORKS)
    yield {
      id: `b${String(index).padStart(9, '0')}`,
      title: `${era}年度 ${place}地内 ${object}${work}（その${1 + Math.floor(random() * 9)}）`,
      party: company.name,
      corporateNumber: company.number,
      number: `${pick(['工', '委', '物', '賃'])}-${era.slice(-1)}-${1 + Math.floor(random() * 9999)}`,
      amount: random() < 0.03 ? null : Math.round(10 ** (4.7 + random() * 4) / 1000) * 1000,
      date: day.toISOString().slice(0, 10),
      department: pick(DEPARTMENTS),
      method: pick(METHODS),
      kind: pick(KINDS),
      state: pick(STATES),
      text: index % 10 === 0 ? contractText(pick, { place, object, work }) : '',
    }
  }
}

function contractText(
  pick: <T>(list: readonly T[]) => T,
  subject: { readonly place: string; readonly object: string; readonly work: string },
): string {
  let text = `${subject.place}地内${subject.object}${subject.work}契約書\n`
  for (let article = 1; text.length < 680; article += 1)
    text += `第${article}条 ${pick(FAMILY)}は${pick(PLACES)}の${pick(OBJECTS)}に係る${pick(WORKS)}について、${pick(CLAUSES)}\n`
  return text
}

/** Writes seeded cases straight into an empty database (rows and numbers, no history, no index): what a bench needs, in a minute. */
export function loadSeededCases(raw: Database.Database, count: number): void {
  const insertCase = raw.prepare(
    `INSERT INTO cases (id, row_version, state, waiting_for, title, contract_number, method, kind, amount, tax_mode,
       contract_date, department, amendment_on_paper, two_factor_required, remarks, fiscal_year, created_at, created_by, updated_at,
       search_rid)
     VALUES (?, 1, ?, 'nothing', ?, ?, ?, ?, ?, 'included', ?, ?, 0, 0, '', ?, ?, 'u1', ?, ?)`,
  )
  const insertParty = raw.prepare(
    "INSERT INTO counterparties (case_id, position, name, address, representative, corporate_number) VALUES (?, 0, ?, '', '', ?)",
  )
  const insertDocument = raw.prepare(
    `INSERT INTO documents (id, case_id, position, title, file_name, role, pages, has_text, created_at)
     VALUES (?, ?, 0, '契約書', 'a.pdf', 'sign', 1, 1, 0)`,
  )
  const insertText = raw.prepare('INSERT INTO document_pages (document_id, page, text) VALUES (?, 1, ?)')
  const numbers = new Map<string, number>()
  const nextRid = (date: string): number => {
    const rid = numbers.get(date) ?? ridRangeOf(date).from
    numbers.set(date, rid + 1)
    return rid
  }
  const insertBatch = raw.transaction((batch: readonly SeededCase[]) => {
    for (const each of batch) {
      const year = Number(each.date.slice(0, 4)) - (each.date.slice(5) < '04-01' ? 1 : 0)
      insertCase.run(
        each.id,
        each.state,
        each.title,
        each.number,
        each.method,
        each.kind,
        each.amount,
        each.date,
        each.department,
        year,
        0,
        0,
        BigInt(nextRid(each.date)),
      )
      insertParty.run(each.id, each.party, each.corporateNumber)
      if (each.text === '') continue
      insertDocument.run(`d${each.id}`, each.id)
      insertText.run(`d${each.id}`, each.text)
    }
  })
  let batch: SeededCase[] = []
  for (const each of seededCases(count)) {
    batch.push(each)
    if (batch.length < 20_000) continue
    insertBatch(batch)
    batch = []
  }
  insertBatch(batch)
}
