import { describe, expect, it } from 'vitest'
import { formatDeadline, formatMoment } from '../../../../renderer/portal/ja.ts'

describe('times on the public pages', () => {
  it('are in Japan, with the era, wherever the browser stands', () => {
    expect(formatMoment(Date.parse('2026-11-22T12:25:00Z'))).toBe('令和8年11月22日(日) 21:25')
  })

  it('name the last minute that is not too late', () => {
    expect(formatDeadline(Date.parse('2027-01-31T15:00:00Z'))).toBe('令和9年1月31日(日) 23:59 まで')
  })
})
