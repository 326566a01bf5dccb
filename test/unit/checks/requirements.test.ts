import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { findRuleTests, RULES, requirementsText } from '../../checks/requirements.ts'

test('every rule L1 to L31 has a test whose title names it', () => {
  const named = new Set(findRuleTests().map(({ rule }) => rule))
  expect(Object.keys(RULES)).toHaveLength(31)
  expect(Object.keys(RULES).filter((rule) => !named.has(Number(rule)))).toEqual([])
})

test('test/requirements.md is what the titles say (node test/checks/requirements.ts writes it)', () => {
  const written = readFileSync(resolve(import.meta.dirname, '../../requirements.md'), 'utf8')
  expect(written).toBe(requirementsText(findRuleTests()))
})
