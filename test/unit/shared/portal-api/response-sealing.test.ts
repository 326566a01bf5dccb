import { describe, expect, it } from 'vitest'
import type { EpochMs } from '../../../../shared/model/brand.ts'
import { newPortalLink } from '../../../../shared/portal-api/link.ts'
import type { PortalManifest } from '../../../../shared/portal-api/manifest.ts'
import { openManifest } from '../../../../shared/portal-api/package-sealing.ts'
import { toBase64Url } from '../../../../shared/portal-api/platform.ts'
import type { PortalConsent } from '../../../../shared/portal-api/response.ts'
import {
  findConsentProblems,
  newOfficeKeyPair,
  openResponse,
  sealResponse,
} from '../../../../shared/portal-api/response-sealing.ts'
import { makeTestPackage, type TestPackage } from '../../../support/portal-package.ts'

type Opened = {
  readonly made: TestPackage
  readonly manifest: PortalManifest
  readonly consent: PortalConsent
}

async function openedPackage(): Promise<Opened> {
  const made = await makeTestPackage()
  const manifest = await openManifest(made.link, made.sealed.contentKey, made.sealed.record.manifest)
  const consent: PortalConsent = {
    version: 1,
    kind: 'consent',
    packageId: manifest.packageId,
    linkId: manifest.linkId,
    openedAt: 1 as EpochMs,
    answeredAt: 2 as EpochMs,
    statement: manifest.consentStatement,
    confirmedName: '髙﨑 𠮷男',
    documents: manifest.documents.map(({ id, role, title, sha256, pages }) => ({
      id,
      role,
      title,
      sha256,
      firstShownAt: 1 as EpochMs,
      lastPageSeen: pages,
    })),
  }
  return { made, manifest, consent }
}

function openAt(made: TestPackage, sealed: Uint8Array) {
  if (made.sealed.responsePublicKey === undefined) throw new Error('no response key')
  return {
    linkId: made.link.linkId,
    packageId: made.facts.packageId,
    officePrivateKey: made.officeKeys.privateKey,
    responsePublicKey: made.sealed.responsePublicKey,
    sealed: toBase64Url(sealed),
  }
}

describe('a response', () => {
  it('reaches the office whole and fits what was sent', async () => {
    const { made, manifest, consent } = await openedPackage()
    const opened = await openResponse(openAt(made, await sealResponse(manifest, consent)))
    expect(opened.response).toEqual(consent)
    expect(findConsentProblems(consent, made.facts)).toEqual([])
  })

  it('shows nothing of its contents on the way', async () => {
    const { manifest, consent } = await openedPackage()
    const sealed = Buffer.from(await sealResponse(manifest, consent))
    expect(sealed.includes('髙﨑')).toBe(false)
    expect(sealed.includes('consent')).toBe(false)
  })

  it('made by somebody who knows the office key but not the link is refused', async () => {
    const { made, manifest, consent } = await openedPackage()
    const forger = await openedPackage()
    const { responseKey } = forger.manifest
    if (responseKey === undefined) throw new Error('no response key')
    const forged = await sealResponse({ ...manifest, responseKey }, consent)
    await expect(openResponse(openAt(made, forged))).rejects.toMatchObject({ code: 'RESPONSE_NOT_FROM_LINK' })
  })

  it('for another package, another office or with one bit changed is refused', async () => {
    const { made, manifest, consent } = await openedPackage()
    const sealed = await sealResponse(manifest, consent)
    const other = await newOfficeKeyPair()
    const flipped = Uint8Array.from(sealed)
    flipped[70] = (flipped[70] ?? 0) ^ 1
    const good = openAt(made, sealed)
    await expect(openResponse({ ...good, packageId: 'package-2' })).rejects.toMatchObject({
      code: 'RESPONSE_OF_ANOTHER_LINK',
    })
    for (const bad of [
      { ...good, officePrivateKey: other.privateKey },
      { ...good, linkId: newPortalLink('signing').linkId },
      { ...good, sealed: toBase64Url(flipped) },
      { ...good, sealed: '' },
      { ...good, sealed: 'AAAA' },
    ])
      await expect(openResponse(bad)).rejects.toMatchObject({ code: 'CIPHERTEXT_REFUSED' })
  })
})

describe('a consent', () => {
  it('to other bytes, to a missing document, to an unread document or another sentence is named', async () => {
    const { made, consent } = await openedPackage()
    const [first] = consent.documents
    if (first === undefined) throw new Error('no document')
    const withDocument = (change: object) => ({ ...consent, documents: [{ ...first, ...change }] })
    const codes = (changed: PortalConsent) => findConsentProblems(changed, made.facts).map(({ code }) => code)
    expect(codes({ ...consent, statement: 'はい' })).toEqual(['STATEMENT_DIFFERS'])
    expect(codes({ ...consent, documents: [] })).toEqual(['DOCUMENT_MISSING'])
    expect(codes(withDocument({ sha256: '0'.repeat(64) }))).toEqual(['DOCUMENT_DIFFERS'])
    expect(codes(withDocument({ lastPageSeen: 1 }))).toEqual(['DOCUMENT_NOT_SHOWN'])
    expect(codes(withDocument({ firstShownAt: null }))).toEqual(['DOCUMENT_NOT_SHOWN'])
  })
})
