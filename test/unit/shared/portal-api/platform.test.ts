import { describe, expect, it } from 'vitest'
import { fromBase64Url, randomBytes, toBase64Url } from '../../../../shared/portal-api/platform.ts'

describe('base64url', () => {
  it('agrees with Node for every length', () => {
    for (let size = 0; size < 70; size++) {
      const bytes = randomBytes(size)
      const text = toBase64Url(bytes)
      expect(text).toBe(Buffer.from(bytes).toString('base64url'))
      expect(fromBase64Url(text)).toEqual(bytes)
    }
  })

  it.each(['A', 'AA=', 'A+', 'あ', 'AB', 'AAB'])('refuses %s', (text) => {
    expect(fromBase64Url(text)).toBeUndefined()
  })
})
