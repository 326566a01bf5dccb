import { describe, expect, it } from 'vitest'
import {
  clientAddress,
  networkMatcher,
  trustedProxies,
} from '../../../../../electron/core/portal/networks.ts'

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
    const none = trustedProxies([])
    const local = trustedProxies(['127.0.0.1'])
    expect(clientAddress('::ffff:192.0.2.1', '203.0.113.9', none)).toBe('192.0.2.1')
    expect(clientAddress('127.0.0.1', '6.6.6.6, 203.0.113.9', local)).toBe('203.0.113.9')
    expect(clientAddress('::ffff:127.0.0.1', '2001:db8::7', local)).toBe('2001:db8::7')
    expect(clientAddress('127.0.0.1', undefined, local)).toBe('127.0.0.1')
    expect(clientAddress('127.0.0.1', 'nonsense', local)).toBe('unknown')
    expect(clientAddress(undefined, undefined, none)).toBe('unknown')
  })

  it('is read past every proxy of ours, and not one entry further', () => {
    const ours = trustedProxies(['10.0.0.0/8', 'fd00::/8'])
    expect(clientAddress('10.0.0.1', '6.6.6.6, 203.0.113.9, 10.0.0.2', ours)).toBe('203.0.113.9')
    expect(clientAddress('fd00::1', '198.51.100.4, 10.0.0.2', ours)).toBe('198.51.100.4')
    expect(clientAddress('10.0.0.1', '10.0.0.2', ours)).toBe('10.0.0.2')
  })

  it('is not what a stranger writes into the header, though a proxy is trusted', () => {
    expect(clientAddress('203.0.113.9', '10.0.0.1', trustedProxies(['10.0.0.1']))).toBe('203.0.113.9')
  })
})
