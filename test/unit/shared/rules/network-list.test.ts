import { expect, test } from 'vitest'
import { readNetworks } from '../../../../shared/rules/network-list.ts'

test('networks are read as people type and paste them', () => {
  expect(readNetworks(' ２０３．０．１１３．１０、198.51.100.0/24\n2001:db8::/48,203.0.113.10 ')).toEqual({
    ok: true,
    value: ['203.0.113.10', '198.51.100.0/24', '2001:db8::/48'],
  })
  expect(readNetworks('')).toEqual({ ok: true, value: [] })
})

test.each([
  '203.0.113.256',
  '203.0.113.0/33',
  '203.0.113',
  '2001:db8::/129',
  'example.jp',
  '203.0.113.0-255',
  '::ffff:203.0.113.10',
  '::ffff:203.0.113.0/120',
  '0:0:0:0:0:ffff:cb00:710a',
])('%s is named as none', (entry) => {
  expect(readNetworks(`198.51.100.7 ${entry}`)).toEqual({
    ok: false,
    error: { code: 'NETWORK_WRONG', data: { entry } },
  })
})

test('more than fifty are too many', () => {
  const many = Array.from({ length: 51 }, (_value, index) => `10.0.0.${index}`).join('\n')
  expect(readNetworks(many)).toEqual({ ok: false, error: { code: 'NETWORKS_TOO_MANY', data: { most: 50 } } })
})
