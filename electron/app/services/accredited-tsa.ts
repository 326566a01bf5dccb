import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { sha256Hex } from '../../core/kit/bytes.ts'

const List = z.object({
  services: z.array(z.object({ name: z.string(), fingerprints: z.array(z.string()) })),
})

/**
 * Says whether a TSA's certificate is on the list of 総務大臣認定 services (`resources/trust/accredited-tsa.json`, SHA-256
 * of the certificate). Without a list nothing is accredited: better 非認定 shown wrongly than 認定.
 */
export function readAccreditedTsa(resourcesDir: string): (certificate: Uint8Array) => boolean {
  const path = join(resourcesDir, 'trust/accredited-tsa.json')
  if (!existsSync(path)) return () => false
  const list = List.parse(JSON.parse(readFileSync(path, 'utf8')))
  const known = new Set(
    list.services.flatMap((service) => service.fingerprints.map((print) => print.toLowerCase())),
  )
  return (certificate) => known.has(sha256Hex(certificate))
}
