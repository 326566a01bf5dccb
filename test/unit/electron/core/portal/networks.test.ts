import { describe, expect, it } from 'vitest'
import { clientAddress, networkMatcher } from '../../../../../electron/core/portal/networks.ts'

describe('a list of networks', () => {
  it('lets everybody in when it is empty', () => {
    expect(networkMatcher([])('203.0.113.9')).toBe(true)
  })

  it('takes addresses and CIDR ranges of both families', () => {
    const isAllowed = networkMatcher(['192.0.2.0/24', '198.51.100.7', '2001:db8::/32'])
    expect(['192.0.2.255', '198.51.100.7', '2001:db8:1::1', '::ffff:192.0.2.1'].map(isAllowed)).toEqual([
      true,
      true,
      true,
      true,
    ])
    expect(['192.0.3.0', '198.51.100.8', '2001:db9::1', 'unknown', ''].map(isAllowed)).toEqual([
      false,
      false,
      false,
      false,
      false,
    ])
  })
})

describe('the address of a client', () => {
  it('is the peer unless our own proxy says otherwise', () => {
    expect(clientAddress('::ffff:192.0.2.1', '203.0.113.9', false)).toBe('192.0.2.1')
    expect(clientAddress('127.0.0.1', '6.6.6.6, 203.0.113.9', true)).toBe('203.0.113.9')
    expect(clientAddress('127.0.0.1', undefined, true)).toBe('127.0.0.1')
    expect(clientAddress('127.0.0.1', 'nonsense', true)).toBe('unknown')
    expect(clientAddress(undefined, undefined, false)).toBe('unknown')
  })
})
