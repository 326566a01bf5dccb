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

/**
 * The address of the other side. With `trustProxy` the last entry of X-Forwarded-For, which our own reverse proxy wrote;
 * entries before it are whatever the client claimed.
 */
export function clientAddress(
  peer: string | undefined,
  forwardedFor: string | undefined,
  trustProxy: boolean,
): string {
  const forwarded = trustProxy ? forwardedFor?.split(',').at(-1)?.trim() : undefined
  const candidate = plainAddress(forwarded ?? peer ?? '')
  return isIP(candidate) === 0 ? 'unknown' : candidate
}

function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '')
}
