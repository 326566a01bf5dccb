import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { buildSignedData } from '../../../../../../electron/core/signing/cms/build-signed-data.ts'
import { parseCertificate } from '../../../../../../electron/core/signing/cms/certificate.ts'
import { DerError } from '../../../../../../electron/core/signing/cms/der-reader.ts'
import {
  checkSigner,
  parseSignedData,
  signerCertificate,
} from '../../../../../../electron/core/signing/cms/parse-signed-data.ts'
import { makeCrl } from '../../../../../../electron/core/signing/local/answer-revocation.ts'
import { crlCovers, parseCrl } from '../../../../../../electron/core/signing/revocation/crl.ts'
import {
  ocspSigner,
  parseOcspResponse,
  singleFor,
} from '../../../../../../electron/core/signing/revocation/ocsp.ts'
import {
  checkTimestampToken,
  parseTimestampToken,
} from '../../../../../../electron/core/signing/timestamp/parse-timestamp-token.ts'
import { signingWorld } from '../../../../../../test/support/signing-world.ts'

const CASES = 3000

/** A small generator with a fixed seed, so that a failure can be repeated. */
function generator(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

function mutate(bytes: Uint8Array, random: () => number): Uint8Array {
  const copy = Uint8Array.from(bytes)
  const pick = (limit: number) => Math.floor(random() * limit)
  for (let change = 0; change <= pick(3); change++) {
    const position = pick(copy.length)
    switch (pick(4)) {
      case 0:
        copy[position] = pick(256)
        break
      case 1:
        copy[position] = (copy[position] ?? 0) ^ (1 << pick(8))
        break
      case 2:
        copy.copyWithin(position, pick(copy.length), pick(copy.length))
        break
      default:
        return copy.subarray(0, position)
    }
  }
  return copy
}

describe('mutated structures', () => {
  it('are read or refused with DerError, never accepted as good, never with another error', async () => {
    const world = await signingWorld()
    const { town, intermediate, root } = world.authority()
    const certificate = parseCertificate(town.certificate)
    const issuer = parseCertificate(intermediate.certificate)
    const anchor = parseCertificate(root.certificate)
    const digest = createHash('sha256').update('x').digest()
    const ocsp =
      (await world.validation.revocation.ocsp(town.certificate, intermediate.certificate)) ?? new Uint8Array()
    const targets: readonly {
      readonly name: string
      readonly bytes: Uint8Array
      readonly isGood: (bytes: Uint8Array) => boolean
    }[] = [
      {
        name: 'certificate',
        bytes: town.certificate,
        isGood: (bytes) => parseCertificate(bytes).fingerprint === certificate.fingerprint,
      },
      {
        name: 'cms',
        bytes: await buildSignedData(digest, world.town),
        isGood: (bytes) => {
          const parsed = parseSignedData(bytes)
          const [signer] = parsed.signers
          const found = signer === undefined ? undefined : signerCertificate(signer.id, parsed.certificates)
          return (
            signer !== undefined &&
            found !== undefined &&
            checkSigner(parsed, signer, found, digest).length === 0
          )
        },
      },
      {
        name: 'token',
        bytes: await world.timestamps.stamp(digest, 'SHA-256'),
        isGood: (bytes) => checkTimestampToken(parseTimestampToken(bytes), () => digest).length === 0,
      },
      {
        name: 'crl',
        bytes: await makeCrl(world.authority(), 'root', world.clock.now()),
        isGood: (bytes) => crlCovers(parseCrl(bytes), issuer, anchor),
      },
      {
        name: 'ocsp',
        bytes: ocsp,
        isGood: (bytes) => {
          const { basic } = parseOcspResponse(bytes)
          return (
            basic !== undefined &&
            singleFor(basic, certificate, issuer) !== undefined &&
            ocspSigner(basic, issuer) !== undefined
          )
        },
      },
    ]
    const random = generator(20_261_122)
    const surprises: string[] = []
    let refused = 0
    for (const { name, bytes, isGood } of targets) {
      expect(isGood(bytes), name).toBe(true)
      for (let round = 0; round < CASES / targets.length; round++) {
        const mutant = mutate(bytes, random)
        try {
          if (isGood(mutant)) surprises.push(...acceptable(name, bytes, mutant))
          else refused++
        } catch (error) {
          refused++
          if (!(error instanceof DerError)) surprises.push(`${name}: ${String(error)}`)
        }
      }
    }
    expect(surprises).toEqual([])
    expect(refused).toBeGreaterThan(CASES / 2)
  })
})

/**
 * A mutant may pass only where nothing signed was touched: unsigned parts of a CMS (certificates nobody needs, version)
 * or of an OCSP response. Equal bytes are no mutant.
 */
function acceptable(name: string, original: Uint8Array, mutant: Uint8Array): string[] {
  if (Buffer.compare(original, mutant) === 0) return []
  return name === 'cms' || name === 'token' || name === 'ocsp' ? [] : [`${name} accepted after a change`]
}
