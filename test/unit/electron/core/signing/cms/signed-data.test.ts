import { createHash } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  addSignatureTimestamp,
  assembleSignedData,
  buildSignedData,
  signedAttributes,
} from '../../../../../../electron/core/signing/cms/build-signed-data.ts'
import {
  childrenOf,
  isDer,
  readNode,
  readWhole,
} from '../../../../../../electron/core/signing/cms/der-reader.ts'
import { sequence, tlv } from '../../../../../../electron/core/signing/cms/der-writer.ts'
import {
  OID_CONTENT_TYPE,
  OID_MESSAGE_DIGEST,
  OID_SIGNATURE_TIMESTAMP,
  OID_SIGNING_CERTIFICATE_V2,
} from '../../../../../../electron/core/signing/cms/oids.ts'
import {
  checkSigner,
  parseSignedData,
  signatureValueOf,
  signerCertificate,
} from '../../../../../../electron/core/signing/cms/parse-signed-data.ts'
import { type SigningWorld, signingWorld } from '../../../../../../test/support/signing-world.ts'

let world: SigningWorld
beforeAll(async () => {
  world = await signingWorld()
})
const CONTENT = Buffer.from('契約書')
const digestOf = (hash: string) => createHash(hash.replace('-', '').toLowerCase()).update(CONTENT).digest()

function check(cms: Uint8Array, digest: Uint8Array): readonly string[] {
  const parsed = parseSignedData(cms)
  const [signer] = parsed.signers
  const certificate = signer === undefined ? undefined : signerCertificate(signer.id, parsed.certificates)
  if (signer === undefined || certificate === undefined) return ['no signer']
  return checkSigner(parsed, signer, certificate, digest)
}

describe('a CAdES signature', () => {
  it('has exactly the attributes of PAdES B-B, in DER, without signing-time', async () => {
    const parsed = parseSignedData(await buildSignedData(digestOf('SHA-256'), world.town))
    const [signer] = parsed.signers
    expect({
      isDer: parsed.isDer,
      sorted: signer?.signedAttributesAreDer,
      attributes: [...(signer?.signedAttributes.keys() ?? [])].sort(),
      version: parsed.version,
      detached: parsed.content === undefined,
    }).toEqual({
      isDer: true,
      sorted: true,
      attributes: [OID_CONTENT_TYPE, OID_MESSAGE_DIGEST, OID_SIGNING_CERTIFICATE_V2].sort(),
      version: 1,
      detached: true,
    })
  })

  it.each([
    ['rsa-2048', {}],
    ['rsa-3072', { hash: 'SHA-512' }],
    ['rsa-2048', { rsaScheme: 'rsa-pss' }],
    ['rsa-2048', { rsaScheme: 'rsa-pss', hash: 'SHA-384' }],
    ['p-256', {}],
    ['p-384', {}],
    ['p-521', {}],
  ] as const)('verifies with %s %j, and not over another digest', async (kind, choice) => {
    const key = await world.newKey(kind, choice)
    const digest = digestOf(key.algorithm.hash)
    const cms = await buildSignedData(digest, key)
    expect(check(cms, digest)).toEqual([])
    expect(check(cms, createHash('sha256').update('other').digest())).toEqual(['DIGEST_MISMATCH'])
  })

  it('carries every certificate once, whatever the chain repeats', async () => {
    const { intermediate, root } = world.authority()
    const chain = [
      root.certificate,
      intermediate.certificate,
      intermediate.certificate,
      world.town.certificate,
    ]
    const parsed = parseSignedData(await buildSignedData(digestOf('SHA-256'), { ...world.town, chain }))
    expect(parsed.certificates).toHaveLength(3)
    expect(parsed.isDer).toBe(true)
  })

  it('names a certificate that was exchanged for another of the same name and key', async () => {
    const digest = digestOf('SHA-256')
    const attributes = signedAttributes(digest, world.town)
    const signature = await world.town.sign(attributes)
    const cms = assembleSignedData(
      { ...world.town, certificate: world.witness.certificate },
      attributes,
      signature,
    )
    expect(check(cms, digest)).toEqual(['SIGNING_CERTIFICATE_MISMATCH', 'SIGNATURE_WRONG'])
  })

  it('keeps its signature and takes timestamps as unsigned attributes in DER order', async () => {
    const digest = digestOf('SHA-256')
    const cms = await buildSignedData(digest, world.town)
    const imprint = createHash('sha256').update(signatureValueOf(cms)).digest()
    const once = addSignatureTimestamp(cms, await world.timestamps.stamp(imprint, 'SHA-256'))
    const twice = addSignatureTimestamp(once, await world.timestamps.stamp(imprint, 'SHA-256'))
    const parsed = parseSignedData(twice)
    expect(parsed.signers[0]?.unsignedAttributes.get(OID_SIGNATURE_TIMESTAMP)).toHaveLength(2)
    expect([isDer(readWhole(twice)), check(twice, digest)]).toEqual([true, []])
    expect(Buffer.from(signatureValueOf(twice))).toEqual(Buffer.from(signatureValueOf(cms)))
  })

  it('is read with padding behind it and with attributes in the wrong order, which is said', async () => {
    const digest = digestOf('SHA-256')
    const sorted = signedAttributes(digest, world.town)
    const swapped = tlv(
      0x31,
      ...childrenOf(readNode(sorted))
        .map((node) => node.raw)
        .reverse(),
    )
    const cms = assembleSignedData(world.town, swapped, await world.town.sign(swapped))
    const parsed = parseSignedData(Buffer.concat([cms, Buffer.alloc(100)]))
    expect(parsed.signers[0]?.signedAttributesAreDer).toBe(false)
    expect(check(cms, digest)).toEqual([])
  })

  it('is refused when an attribute occurs twice', async () => {
    const digest = digestOf('SHA-256')
    const parts = childrenOf(readNode(signedAttributes(digest, world.town))).map((node) => node.raw)
    const doubled = tlv(0x31, ...parts, parts[0] ?? sequence())
    const cms = assembleSignedData(world.town, doubled, await world.town.sign(doubled))
    expect(check(cms, digest)).toContain('ATTRIBUTE_REPEATED')
  })
})
