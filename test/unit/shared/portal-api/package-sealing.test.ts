import { createDecipheriv, createHash, hkdfSync, pbkdf2Sync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { DocumentId } from '../../../../shared/model/brand.ts'
import { deriveLinkKeys, hashReadToken } from '../../../../shared/portal-api/keys.ts'
import { newPortalLink } from '../../../../shared/portal-api/link.ts'
import {
  describePieces,
  openChunk,
  openManifest,
  openNotice,
  sealPackage,
} from '../../../../shared/portal-api/package-sealing.ts'
import { CHUNK_BYTES } from '../../../../shared/portal-api/wire.ts'
import { makeTestPackage, TEST_CONTACT } from '../../../support/portal-package.ts'

const doc = 'doc1' as DocumentId

describe('keys of a link', () => {
  it('are what the written derivation says, computed by other code', async () => {
    const link = newPortalLink('signing')
    const hkdf = (input: Buffer, info: string) =>
      Buffer.from(hkdfSync('sha256', input, 'keiyaku-desk portal v1', info, 32))
    const secret = Buffer.from(link.secret)
    const stretched = pbkdf2Sync('Code1', hkdf(secret, `code salt|${link.linkId}`), 600_000, 32, 'sha256')
    const keys = await deriveLinkKeys(link, ' Code1')
    expect(Buffer.from(keys.readToken)).toEqual(
      hkdf(Buffer.concat([secret, stretched]), `read token|${link.linkId}`),
    )
    const plain = await deriveLinkKeys(link, '')
    expect(Buffer.from(plain.contentKey)).toEqual(hkdf(secret, `content|${link.linkId}`))
    expect(await hashReadToken(plain.readToken)).toBe(
      createHash('sha256').update(plain.readToken).digest('hex'),
    )
  })
})

describe('a sealed package', () => {
  it('opens with the link and the code in any width, and gives back what went in', async () => {
    const made = await makeTestPackage({ accessCode: 'Fuso2026' })
    const keys = await deriveLinkKeys(made.link, 'Fuso2026')
    const manifest = await openManifest(made.link, keys.contentKey, made.sealed.record.manifest)
    expect(manifest).toMatchObject(made.facts)
    expect(await hashReadToken(keys.readToken)).toBe(made.sealed.record.readTokenSha256)
    expect(await openNotice(made.link, made.sealed.record.notice)).toEqual(TEST_CONTACT)
  })

  it('does not open with another code or another secret', async () => {
    const made = await makeTestPackage({ accessCode: 'Fuso2026' })
    const other = { ...made.link, secret: newPortalLink('signing').secret }
    for (const [link, code] of [
      [made.link, 'fuso2026'],
      [made.link, ''],
      [other, 'Fuso2026'],
    ] as const) {
      const keys = await deriveLinkKeys(link, code)
      await expect(openManifest(link, keys.contentKey, made.sealed.record.manifest)).rejects.toMatchObject({
        code: 'CIPHERTEXT_REFUSED',
      })
    }
    await expect(openNotice(other, made.sealed.record.notice)).rejects.toMatchObject({
      code: 'CIPHERTEXT_REFUSED',
    })
  })

  it('holds no name, title or address in clear in what the portal stores', async () => {
    const made = await makeTestPackage()
    const stored = JSON.stringify(made.sealed.record)
    for (const word of ['髙﨑', '山髙建設', '道路改良', 'takasaki', '工事請負', '扶桑町'])
      expect(stored).not.toContain(word)
  })

  it('has no response key in a download, and none of its private half outside the manifest', async () => {
    const download = await makeTestPackage({ kind: 'download' })
    expect(download.sealed.responsePublicKey).toBeUndefined()
    const signing = await makeTestPackage()
    expect(Object.keys(signing.sealed.responsePublicKey ?? {}).sort()).toEqual(['crv', 'kty', 'x', 'y'])
  })

  it('refuses a code that the manifest does not announce', async () => {
    const made = await makeTestPackage()
    const input = {
      link: made.link,
      facts: made.facts,
      officePublicKey: made.officeKeys.publicKey,
      allowedNetworks: [],
    }
    await expect(sealPackage({ ...input, accessCode: '1' })).rejects.toThrow(/do not agree/)
  })
})

describe('chunks of a document', () => {
  const bytes = Buffer.alloc(2 * CHUNK_BYTES + 5, 7)

  it('join to the very bytes of the document', async () => {
    const made = await makeTestPackage({
      documents: [{ id: doc, title: 'x', role: 'sign', pages: 1, bytes }],
    })
    const plain: Uint8Array[] = []
    for (let index = 0; index < 3; index++)
      plain.push(
        await openChunk(
          made.sealed.contentKey,
          { linkId: made.link.linkId, documentId: doc, index, chunkCount: 3 },
          await made.sealedChunk(doc, index),
        ),
      )
    expect(Buffer.concat(plain).equals(bytes)).toBe(true)
    expect(made.sealed.record.documents).toEqual([describePieces(doc, bytes.length)])
  })

  it('do not open in another place, for another count, or with one bit changed', async () => {
    const made = await makeTestPackage({
      documents: [{ id: doc, title: 'x', role: 'sign', pages: 1, bytes }],
    })
    const sealed = await made.sealedChunk(doc, 0)
    const place = { linkId: made.link.linkId, documentId: doc, index: 0, chunkCount: 3 }
    const flipped = Uint8Array.from(sealed)
    flipped[40] = (flipped[40] ?? 0) ^ 1
    const attempts = [
      () => openChunk(made.sealed.contentKey, { ...place, index: 1 }, sealed),
      () => openChunk(made.sealed.contentKey, { ...place, chunkCount: 1 }, sealed),
      () => openChunk(made.sealed.contentKey, { ...place, linkId: newPortalLink('signing').linkId }, sealed),
      () => openChunk(made.sealed.contentKey, place, flipped),
      () => openChunk(made.sealed.contentKey, place, sealed.subarray(0, 20)),
    ]
    for (const attempt of attempts)
      await expect(attempt).rejects.toMatchObject({ code: 'CIPHERTEXT_REFUSED' })
  })

  it('are AES-256-GCM as written, readable by other code', async () => {
    const made = await makeTestPackage()
    const sealed = Buffer.from(await made.sealedChunk(doc, 0))
    const key = Buffer.from(
      hkdfSync('sha256', made.sealed.contentKey, 'keiyaku-desk portal v1', 'document|doc1', 32),
    )
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12))
    decipher.setAAD(Buffer.from(`chunk|${made.link.linkId}|doc1|0|1`)).setAuthTag(sealed.subarray(-16))
    const plain = Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()])
    expect(plain.equals(Buffer.from(made.documents[0]?.bytes ?? []))).toBe(true)
  })
})
