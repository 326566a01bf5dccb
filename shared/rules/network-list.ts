import { MAX_NETWORKS, NetworkRange } from '../model/network.ts'
import { fail, ok } from '../result.ts'

/**
 * Addresses and CIDR ranges as people type or paste them: full-width, one a line, or with commas between.
 * NETWORK_WRONG names the first entry that is none; NETWORKS_TOO_MANY.
 */
export function readNetworks(text: string) {
  const entries = text
    .normalize('NFKC')
    .split(/[\s,、;]+/)
    .filter((entry) => entry !== '')
  const wrong = entries.find((entry) => !NetworkRange.safeParse(entry).success)
  if (wrong !== undefined) return fail('NETWORK_WRONG', { entry: wrong })
  const networks = [...new Set(entries)]
  return networks.length > MAX_NETWORKS ? fail('NETWORKS_TOO_MANY', { most: MAX_NETWORKS }) : ok(networks)
}
