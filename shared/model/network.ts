import { z } from 'zod'

/**
 * One address or CIDR range, IPv4 or IPv6 (RFC 4632, RFC 4291 §2.3). IPv4 inside IPv6 (`::ffff:…`) is refused: visitors are
 * compared by their IPv4 address, so such an entry would let nobody in.
 */
export const NetworkRange = z
  .union([z.cidrv4(), z.cidrv6(), z.ipv4(), z.ipv6()])
  .refine((network) => !/^(?:0*:)+0*ffff:/i.test(network))
export type NetworkRange = z.output<typeof NetworkRange>

export const MAX_NETWORKS = 50

/** Networks a signer may come from; empty = any. */
export const AllowedNetworks = z.array(NetworkRange).max(MAX_NETWORKS)
