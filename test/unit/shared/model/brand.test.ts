import { expect, test } from 'vitest'
import { EpochMs } from '../../../../shared/model/brand.ts'

test.each([0, 8.64e15, -8.64e15])('%d is a moment that a Date can hold', (ms) => {
  expect(new Date(EpochMs.parse(ms)).getTime()).toBe(ms)
})

test.each([8.64e15 + 1, -8.64e15 - 1, 9e15, Number.MAX_SAFE_INTEGER, 1.5, Number.NaN])(
  '%d is no moment',
  (ms) => {
    expect(EpochMs.safeParse(ms).success).toBe(false)
  },
)
