import { expect, test } from 'vitest'
import { createCaseLocks } from '../../../../../electron/app/seal/case-locks.ts'
import { CaseId } from '../../../../../shared/model/brand.ts'

const [one, two] = [CaseId.parse('case-1'), CaseId.parse('case-2')]
const soon = () => new Promise<void>((resolve) => setTimeout(resolve, 5))

test('work on one case goes one after the other, also after a failure; other cases do not wait', async () => {
  const locks = createCaseLocks()
  const seen: string[] = []
  const work =
    (name: string, fails = false) =>
    async () => {
      seen.push(`${name} begins`)
      await soon()
      seen.push(`${name} ends`)
      if (fails) throw new Error(name)
      return name
    }
  const first = locks.withCase(one, work('first', true))
  const second = locks.withCase(one, work('second'))
  const other = locks.withCase(two, work('other'))
  await expect(first).rejects.toThrow('first')
  expect(await Promise.all([second, other])).toEqual(['second', 'other'])
  expect(seen.indexOf('other begins')).toBeLessThan(seen.indexOf('first ends'))
  expect(seen.indexOf('second begins')).toBeGreaterThan(seen.indexOf('first ends'))
})
