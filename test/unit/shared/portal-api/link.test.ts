import { describe, expect, it } from 'vitest'
import {
  formatPortalLink,
  newPortalLink,
  normalizeAccessCode,
  PortalLinkId,
  parsePortalLink,
} from '../../../../shared/portal-api/link.ts'

async function newUrl(): Promise<URL> {
  return new URL(await formatPortalLink('https://portal.example.jp/', newPortalLink('signing')))
}

describe('a link', () => {
  it('comes back whole from its URL, for signing and for download', async () => {
    for (const kind of ['signing', 'download'] as const) {
      const link = newPortalLink(kind)
      const url = new URL(await formatPortalLink('https://portal.example.jp', link))
      expect(url.pathname).toBe(`/${kind === 'signing' ? 's' : 'd'}/${link.linkId}`)
      expect(url.hash).toHaveLength(48)
      expect(await parsePortalLink(url.pathname, url.hash)).toEqual(link)
    }
  })

  it('is different every time and has an id the schema takes', () => {
    const ids = new Set(Array.from({ length: 200 }, () => newPortalLink('signing').linkId))
    expect(ids.size).toBe(200)
    for (const id of ids) expect(PortalLinkId.safeParse(id).success).toBe(true)
  })

  it('is recognised as damaged when one character of the secret is missing, added or changed', async () => {
    const url = await newUrl()
    const changed = url.hash.slice(0, 9) + (url.hash[9] === 'A' ? 'B' : 'A') + url.hash.slice(10)
    for (const hash of ['', '#', url.hash.slice(0, -1), `${url.hash}A`, changed, url.hash.toLowerCase()])
      await expect(parsePortalLink(url.pathname, hash)).rejects.toMatchObject({ code: 'LINK_DAMAGED' })
  })

  it('is recognised as damaged when the secret is put behind another link id', async () => {
    const [one, other] = [await newUrl(), await newUrl()]
    await expect(parsePortalLink(one.pathname, other.hash)).rejects.toMatchObject({ code: 'LINK_DAMAGED' })
  })

  it.each(['/', '/s/', '/s/short', '/x/0123456789abcdefghjkmnpqrs', '/s/../0123456789abcdefghjkmn'])(
    'is not read from the path %s',
    async (path) => {
      const url = await newUrl()
      await expect(parsePortalLink(path, url.hash)).rejects.toMatchObject({ code: 'LINK_DAMAGED' })
    },
  )
})

describe('an access code', () => {
  it('is the same in full-width and half-width letters and with stray spaces', () => {
    expect(normalizeAccessCode('Fuso2026')).toBe('Fuso2026')
    expect(normalizeAccessCode(' Fuso 2026\u3000\n\u200b')).toBe('Fuso2026')
  })

  it('keeps capital and small letters apart', () => {
    expect(normalizeAccessCode('abc')).not.toBe(normalizeAccessCode('ABC'))
  })

  it('may be 200 characters long', () => {
    expect(normalizeAccessCode('9'.repeat(200))).toBe('9'.repeat(200))
  })
})
