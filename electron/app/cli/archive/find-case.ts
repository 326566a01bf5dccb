import type { CaseId } from '../../../../shared/model/brand.ts'
import { Refusal } from '../command.ts'
import { type ArchiveDesk, must } from './desk.ts'

/** For help texts: what may stand where a command wants a case. */
export const CASE_USAGE = '案件は、番号（search や show に出る26文字）か契約番号で指定します。'

const SHAPE_OF_ID = /^[0-9a-z]{26}$/
const MOST = 200

/**
 * The case a person means: its id, or its 契約番号 when only one case has it.
 * @throws Refusal NOT_FOUND | CASE_AMBIGUOUS
 */
export async function findCase(desk: ArchiveDesk, name: string): Promise<CaseId> {
  if (SHAPE_OF_ID.test(name)) {
    const read = await desk.client.cases.read({ caseId: name })
    if (read.ok) return read.value.detail.id
    if (read.error.code !== 'NOT_FOUND') must(read)
  }
  const { rows } = must(await desk.client.archive.search({ contractNumber: name, limit: MOST }))
  const found = rows.filter((row) => plain(row.contractNumber) === plain(name))
  const [first] = found
  if (first === undefined)
    throw new Refusal(
      'NOT_FOUND',
      `案件「${name}」は見つかりません。番号の打ち間違いか、見る権限がありません。`,
    )
  if (found.length > 1)
    throw new Refusal(
      'CASE_AMBIGUOUS',
      `契約番号「${name}」の案件が${found.length}件あります。番号で指定してください: ${found.map(({ id }) => id).join('、')}`,
    )
  return first.id
}

/** Full width or half, capital or small; dashes count. */
function plain(contractNumber: string): string {
  return contractNumber.normalize('NFKC').replace(/\s/g, '').toLowerCase()
}

export async function findCases(desk: ArchiveDesk, names: readonly string[]): Promise<CaseId[]> {
  const found: CaseId[] = []
  for (const name of names) found.push(await findCase(desk, name))
  return [...new Set(found)]
}
