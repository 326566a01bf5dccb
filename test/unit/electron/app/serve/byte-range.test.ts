import { expect, test } from 'vitest'
import { parseByteRange } from '../../../../../electron/app/serve/byte-range.ts'

test.each([
  [null, 100, 'whole'],
  ['bytes=0-', 100, { start: 0, end: 100 }],
  ['bytes=0-0', 100, { start: 0, end: 1 }],
  ['bytes=10-19', 100, { start: 10, end: 20 }],
  ['bytes=90-200', 100, { start: 90, end: 100 }],
  ['bytes=-10', 100, { start: 90, end: 100 }],
  ['bytes=-500', 100, { start: 0, end: 100 }],
  ['bytes=100-', 100, 'unsatisfiable'],
  ['bytes=-0', 100, 'unsatisfiable'],
  ['bytes=0-0', 0, 'unsatisfiable'],
  ['bytes=-5', 0, 'unsatisfiable'],
  ['bytes=5-2', 100, 'whole'],
  ['bytes=-', 100, 'whole'],
  ['bytes=0-9,20-29', 100, 'whole'],
  ['items=0-9', 100, 'whole'],
  ['bytes=a-b', 100, 'whole'],
  ['bytes=99999999999999999999-', 100, 'unsatisfiable'],
])('reads the range %j of %i bytes as %j', (header, sizeBytes, expected) => {
  expect(parseByteRange(header, sizeBytes)).toEqual(expected)
})
