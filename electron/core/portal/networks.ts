import { BlockList, isIP } from 'node:net'

/**
 * Tests addresses against a list of addresses and CIDR ranges (RFC 4632, RFC 4291 §2.3).
 * An empty list lets everybody in. IPv4 addresses inside IPv6 (`::ffff:a.b.c.d`) count as IPv4.
 */
export function networkMatcher(networks: readonly string[]): (address: string) => boolean {
  if (networks.length === 0) return () => true
  const list = new BlockList()
  for (const network of networks) {
    const [address = '', prefix] = network.split('/')
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
    if (prefix === undefined) list.addAddress(address, family)
    else list.addSubnet(address, Number(prefix), family)
  }
  return (address) => {
    const plain = plainAddress(address)
    const version = isIP(plain)
    return version !== 0 && list.check(plain, version === 6 ? 'ipv6' : 'ipv4')
  }
}

/** Reverse proxies whose `X-Forwarded-For` and `-Proto` are believed. */
export type TrustedProxies = {
  readonly isTrusted: (address: string | undefined) => boolean
}

/** @param networks addresses and CIDR ranges; empty = no proxy is trusted, and its headers count for nothing */
export function trustedProxies(networks: readonly string[]): TrustedProxies {
  const matches = networkMatcher(networks)
  return { isTrusted: (address) => networks.length > 0 && address !== undefined && matches(address) }
}

/**
 * The address of the other side. Only a trusted proxy is believed, and of `X-Forwarded-For` only what trusted proxies
 * wrote: it is read from its end, past the addresses of our own proxies; entries before are whatever the client claimed.
 */
export function clientAddress(
  peer: string | undefined,
  forwardedFor: string | undefined,
  proxies: TrustedProxies,
): string {
  const hops = (forwardedFor ?? '').split(',').map((entry) => entry.trim())
  let candidate = peer ?? ''
  while (proxies.isTrusted(candidate)) {
    const before = hops.pop()
    if (before === undefined || before === '') break
    candidate = before
  }
  const plain = plainAddress(candidate)
  return isIP(plain) === 0 ? 'unknown' : plain
}

function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '')
}
